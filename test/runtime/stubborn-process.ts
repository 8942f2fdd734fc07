/** Goes on for ten seconds when it is asked to stop. */
import { onStopRequest } from '../../jobs/runtime/child-process.ts';

onStopRequest(() => {});
setTimeout(() => process.exit(), 10_000);
