import pRetry from 'p-retry';
import type { Clock } from '../../../runtime/clock.ts';
import { Failure } from '../../../runtime/errors.ts';
import { formatDuration } from '../../../runtime/format.ts';
import type { ObjectStore } from '../../../store/store.ts';
import type { Say } from './checklist.ts';

/** S3 refuses requests whose time is further off. */
const refusedSeconds = 900;
const worthAWordSeconds = 300;
/** As the requests of a run. */
const retries = { retries: 4, minTimeout: 500 };

/**
 * Compares the clocks of this host and the store. Throws STORE_CLOCK_SKEW when requests would be refused; a smaller
 * difference, and a question without an answer, are warnings: no run asks it.
 */
export async function checkClock(store: ObjectStore, clock: Clock, say: Say, signal: AbortSignal): Promise<void> {
  try {
    const skew = await pRetry(() => store.clockSkewSeconds(clock, signal), { ...retries, signal });
    say.found(skew === null ? 'the store has none of its own' : `${Math.abs(skew)} s from the store's`);
    if (skew !== null && Math.abs(skew) > worthAWordSeconds) tellSkew(skew, say);
  } catch (error) {
    if (signal.aborted || !(error instanceof Failure) || error.code === 'STORE_CLOCK_SKEW') throw error;
    say.warn(`The clock was not compared with the store's: ${error.message} ${error.hint}`);
  }
}

function tellSkew(skew: number, say: Say): void {
  const off = `The clock of this host is ${formatDuration(Math.abs(skew))} ${skew > 0 ? 'behind' : 'ahead of'} the store's.`;
  const hint = 'Set the clock (timedatectl set-ntp true): backups are named after it.';
  if (Math.abs(skew) > refusedSeconds) {
    throw new Failure('STORE_CLOCK_SKEW', off, `${hint} The store refuses requests that are 15 minutes off.`);
  }
  say.warn(`${off} ${hint}`);
}
