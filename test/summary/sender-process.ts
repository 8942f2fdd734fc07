import { openLedger } from '../../jobs/summary/ledger.ts';
import { acquireSendingLock } from '../../jobs/summary/sending-lock.ts';

// Claims a delivery, says so, and hangs: a test kills it in the middle of sending.
const [stateDir = '', day = '', recipient = ''] = process.argv.slice(2);
const lock = acquireSendingLock(stateDir);
const ledger = openLedger(stateDir);
ledger.expect(day, [recipient], Temporal.Now.instant());
const claimed = ledger.claim(day, recipient, ['pending'], Temporal.Now.instant());
process.stdout.write(`${lock !== null && claimed}\n`);
// The lock is named here so that it is not collected, which would release it.
setInterval(() => lock, 1000);
