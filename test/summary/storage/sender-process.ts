import { trySendingLock } from '../../../jobs/summary/storage/sending-lock.ts';
import { openSummaryStore } from '../../../jobs/summary/storage/summary-store.ts';

// Claims a delivery, prints whether it did, and hangs: a test kills it in the middle of sending.
const [stateDir = '', day = '', recipient = ''] = process.argv.slice(2);
const lock = trySendingLock(stateDir);
const { ledger } = openSummaryStore(stateDir);
ledger.addPending(day, [recipient], Temporal.Now.instant());
const claimed = ledger.claim(day, recipient, ['pending'], Temporal.Now.instant());
process.stdout.write(`${lock !== null && claimed}\n`);
// The lock is named here so that it is not collected, which would release it.
setInterval(() => lock, 1000);
