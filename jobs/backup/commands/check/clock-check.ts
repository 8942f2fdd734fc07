import pRetry from 'p-retry';
import type { Clock } from '../../../runtime/clock.ts';
import { Failure } from '../../../runtime/errors.ts';
import { formatDuration } from '../../../runtime/format.ts';
import type { ObjectStore } from '../../../store/store.ts';
import type { CheckReport } from './checklist.ts';

/** S3 refuses requests whose time is further off. */
const refusedSeconds = 900;
const warnedSeconds = 300;
/** As the requests of a run. */
const retries = { retries: 4, minTimeout: 500 };

/**
 * Compares the clocks of this host and the store. Throws STORE_CLOCK_SKEW when requests would be refused; a smaller
 * difference, and a request without a response, are warnings: no run makes it.
 */
export async function checkClock(
  store: ObjectStore,
  clock: Clock,
  report: CheckReport,
  signal: AbortSignal,
): Promise<void> {
  try {
    const skew = await pRetry(() => store.clockSkewSeconds(clock, signal), { ...retries, signal });
    report.found(skew === null ? 'the store has none of its own' : `${Math.abs(skew)} s from the store's`);
    if (skew !== null && Math.abs(skew) > warnedSeconds) reportSkew(skew, report);
  } catch (error) {
    if (signal.aborted || !(error instanceof Failure) || error.code === 'STORE_CLOCK_SKEW') throw error;
    report.warn(`The clock was not compared with the store's: ${error.message} ${error.hint}`);
  }
}

function reportSkew(skew: number, report: CheckReport): void {
  const off = `The clock of this host is ${formatDuration(Math.abs(skew))} ${skew > 0 ? 'behind' : 'ahead of'} the store's.`;
  const hint = 'Set the clock (timedatectl set-ntp true): backups are named after it.';
  if (Math.abs(skew) > refusedSeconds) {
    throw new Failure('STORE_CLOCK_SKEW', off, `${hint} The store refuses requests that are 15 minutes off.`);
  }
  report.warn(`${off} ${hint}`);
}
