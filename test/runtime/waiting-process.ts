/** Says that it is there, and never has a result. */
import { sendResult } from '../../jobs/runtime/child-process.ts';

await sendResult(() => {
  setInterval(() => {}, 1000);
  process.send?.('here');
  return new Promise(() => {});
});
