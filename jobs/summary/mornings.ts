import { type Clock, localTimestamp } from '../runtime/clock.ts';
import { formatDuration } from '../runtime/format.ts';
import type { Log } from '../runtime/log.ts';
import { nextRun, type Schedule } from '../runtime/schedule.ts';
import { latestDue, verdictOn } from './due.ts';
import type { Ledger } from './ledger.ts';

type Mornings = {
  readonly schedule: Schedule;
  /** How late a summary may still go out. */
  readonly catchUpHours: number;
  readonly ledger: Pick<Ledger, 'of' | 'hasBefore'>;
  /** Sends the summary of a local day, with its further tries. */
  readonly morning: (day: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly sleepUntil: (instant: Temporal.Instant) => Promise<void>;
  readonly signal: AbortSignal;
};

/** How far back a service that starts looks for a summary that was missed. */
const lookBackHours = 48;

/** Every scheduled morning, and at first the one that was missed, until `signal` aborts. */
export async function liveMornings(means: Mornings): Promise<void> {
  const { schedule, catchUpHours, ledger, morning, clock, log, sleepUntil, signal } = means;
  const startedAt = clock.now();
  let since = startedAt.subtract({ hours: lookBackHours });
  while (!signal.aborted) {
    const now = clock.now();
    const due = latestDue(schedule, since, now);
    if (due !== null) {
      const { at, day } = due;
      since = at;
      const facts = {
        now,
        startedAt,
        catchUpHours,
        deliveries: ledger.of(day),
        knowsEarlierDay: ledger.hasBefore(day),
      };
      const verdict = verdictOn(due, facts);
      if (verdict === 'send') await morning(day);
      if (verdict === 'missed') {
        log.warn(
          `The summary of ${day} is too late now. To send it all the same: nightshift summary send --day ${day}`,
        );
      }
    }
    const next = nextRun(schedule, since);
    const seconds = (next.epochMilliseconds - clock.now().epochMilliseconds) / 1000;
    if (seconds <= 0) continue;
    log.line(`next summary ${localTimestamp(next, schedule.zone).slice(0, -3)}, in ${formatDuration(seconds)}`);
    await sleepUntil(next);
  }
}
