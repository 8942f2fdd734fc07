/** Sends the names and values of its environment. */
import { sendResult } from '../../jobs/runtime/child-process.ts';

await sendResult(() => process.env);
