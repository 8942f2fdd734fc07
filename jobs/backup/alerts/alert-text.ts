import { type Alert, createAlert } from '../../monitoring/alerts/alert.ts';
import type { AlertReason } from '../../monitoring/alerts/alert-decision.ts';
import { localTimestamp } from '../../runtime/clock.ts';
import { agePhrase } from '../../runtime/format.ts';
import type { BackupProblem } from './backup-problem.ts';

export type GoodBackup = { readonly key: string; readonly at: Temporal.Instant };

type AlertContext = { readonly host: string; readonly at: Temporal.Instant; readonly since: Temporal.Instant };

export type ProblemsAlert = AlertContext & {
  readonly reason: Exclude<AlertReason, 'all-clear'>;
  /** At least one. */
  readonly problems: readonly BackupProblem[];
  /** When a failed backup is tried again by itself, soonest first; null when none failed. */
  readonly retryTimes: readonly Temporal.Instant[] | null;
  /** Of each database, its newest good backup. */
  readonly newest: readonly { readonly database: string; readonly good: GoodBackup | null }[];
};

export type AllClear = AlertContext & { readonly newest: ProblemsAlert['newest'] };

/** One mail about all that is wrong. Times are in `zone`, an IANA name. */
export function problemsAlert(
  { reason, host, at, since, problems, retryTimes, newest }: ProblemsAlert,
  zone: string,
): Alert {
  const [first] = problems;
  const others = problems.length > 1 ? ` and ${problems.length - 1} more` : '';
  const isOlder = Temporal.Instant.compare(since, at) < 0;
  return createAlert(`${reason === 'reminder' ? 'still: ' : ''}${first?.title ?? ''}${others}`, [
    [
      `${problems.length === 1 ? 'Something is' : `${problems.length} things are`} wrong with the backups on ${host}.`,
      `When: ${localTimestamp(at, zone)} (${zone})`,
      ...(isOlder ? [`Since: ${localTimestamp(since, zone)}, ${agePhrase(since, at)}`] : []),
    ],
    ...problems.flatMap(({ lines, hint }, index) => [
      problems.length === 1 ? lines : [`${index + 1}. ${lines[0]}`, ...lines.slice(1)],
      ['What to do:', hint],
    ]),
    retryLines(retryTimes, zone),
    ...newest.map(({ database, good }) => newestGood(database, good, at, zone)),
    ['While this lasts, a reminder comes after 1, 3 and 7 days, then weekly.', 'For details: nightshift status'],
  ]);
}

/** Two runs in a row found nothing wrong. */
export function allClearAlert({ host, at, since, newest }: AllClear, zone: string): Alert {
  const names = newest.map(({ database }) => database).join(', ');
  return createAlert(`backups of ${names} work again`, [
    [
      `The backups on ${host} work again: two runs in a row found nothing wrong.`,
      `When: ${localTimestamp(at, zone)} (${zone})`,
      `It was wrong since: ${localTimestamp(since, zone)}, ${agePhrase(since, at)}`,
    ],
    ...newest.map(({ database, good }) => newestGood(database, good, at, zone)),
    ['Nothing to do.', 'For details: nightshift status'],
  ]);
}

function retryLines(retryTimes: ProblemsAlert['retryTimes'], zone: string): string[] {
  if (retryTimes === null) return [];
  if (retryTimes.length === 0) return ['It is not tried again by itself.'];
  return ['It is tried again at:', ...retryTimes.map((instant) => `- ${localTimestamp(instant, zone)}`)];
}

function newestGood(database: string, good: GoodBackup | null, now: Temporal.Instant, zone: string): string[] {
  if (good === null) return [`There is NO good backup of ${database} that this history knows of.`];
  return [
    `Newest good backup of ${database}:`,
    good.key,
    `of ${localTimestamp(good.at, zone)}, ${agePhrase(good.at, now)}`,
  ];
}
