/** Goes on when it is asked to stop. */
import { onStopRequest } from '../../jobs/runtime/child-process.ts';

onStopRequest(() => {});
setInterval(() => {}, 1000);
