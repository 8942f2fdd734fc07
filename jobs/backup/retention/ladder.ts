import type { RunRung } from '../../archives/backup-kinds.ts';
import { compareAge, type DatedBackup, type RetentionDecision } from './retention.ts';

/** A rung and the number of its periods to keep. */
export type LimitedRung = RunRung & { readonly limit: number };

type LadderOptions = {
  /** The shortest period first. */
  readonly rungs: readonly LimitedRung[];
  /** The newest that was verified; stays beside the rungs. */
  readonly lastGood: string | null;
  /** IANA zone of the hours and days. */
  readonly zone: string;
};

type LadderBackup = DatedBackup & {
  /** Whether nothing is known against it: it stands for its period before a newer one that is not. */
  readonly isGood: boolean;
};

/**
 * Which of one database's rightly dated backups, as runs stored them, a ladder keeps: of each of the newest periods that have any,
 * for every rung, the newest good one, or else the newest. The newest of all and the newest good one are never removed. Decisions come newest first.
 */
export function ladderRetention(
  backups: readonly LadderBackup[],
  { rungs, lastGood, zone }: LadderOptions,
): RetentionDecision[] {
  const newestFirst = backups.toSorted((a, b) => compareAge(b, a));
  const newestGood = newestFirst.find(({ isGood }) => isGood);
  const kept = rungs.map((rung) => ({ rung, byPeriod: newestOfPeriods(newestFirst, rung, zone) }));
  return newestFirst.map((backup, index): RetentionDecision => {
    const { key } = backup;
    if (index === 0) return { key, keep: true, reason: 'the newest' };
    const standsFor = kept.filter(({ rung, byPeriod }) => byPeriod.get(periodIn(rung, backup, zone)) === backup);
    if (standsFor.length > 0) return { key, keep: true, reason: `of ${newestPeriods(standsFor)}` };
    if (key === newestGood?.key) return { key, keep: true, reason: 'the newest good one' };
    if (key === lastGood) return { key, keep: true, reason: 'the last good one' };
    const within = kept.findIndex(({ rung, byPeriod }) => byPeriod.has(periodIn(rung, backup, zone)));
    if (within < 0) return { key, keep: false, reason: `older than ${newestPeriods(kept)}` };
    const older = within === 0 ? '' : `older than ${newestPeriods(kept.slice(0, within))}, and `;
    return { key, keep: false, reason: `${older}another of that ${kept[within]?.rung.period} is kept` };
  });
}

/** What stands for each of the newest `limit` periods of a rung: its newest good backup, or else its newest. */
export function newestOfPeriods<B extends LadderBackup>(
  newestFirst: readonly B[],
  rung: LimitedRung,
  zone: string,
): Map<string, B> {
  const periods = [...Map.groupBy(newestFirst, (backup) => periodIn(rung, backup, zone))].slice(0, rung.limit);
  return new Map(
    periods.flatMap(([period, ofPeriod]) => {
      const backup = ofPeriod.find(({ isGood }) => isGood) ?? ofPeriod[0];
      return backup === undefined ? [] : [[period, backup] as const];
    }),
  );
}

function periodIn(rung: RunRung, { date }: DatedBackup, zone: string): string {
  return rung.periodOf(date.takenAt.toZonedDateTimeISO(zone));
}

/** `the newest 24 hours and 20 days`. */
function newestPeriods(kept: readonly { readonly rung: LimitedRung }[]): string {
  return `the newest ${kept.map(({ rung: { limit, period } }) => `${limit} ${period}s`).join(' and ')}`;
}
