import type { OpenSuspect } from '../../monitoring/history/history.ts';
import { formatBytes, formatCount } from '../../runtime/format.ts';
import { reasonKind, type Suspicion } from '../suspects/suspicion.ts';
import type { BackupProblem } from './backup-problem.ts';

type SuspectFacts = {
  readonly database: string;
  /** What waits for a person now, oldest first. */
  readonly openSuspects: readonly OpenSuspect[];
  /** What the run just made, when that is suspect. */
  readonly made: { readonly key: string; readonly suspicion: Suspicion } | null;
  /** What was known to be wrong with this database before. */
  readonly before: readonly BackupProblem[];
  readonly at: Temporal.Instant;
};

const maxListed = 20;

/**
 * The suspects that are open now, each as it was reported when it was found. Of several that lost the same, only the newest:
 * accepting it takes the older ones along. `since` is when the first of them was seen.
 */
export function problemsOfSuspects(facts: SuspectFacts): BackupProblem[] {
  const { openSuspects, made, before, at } = facts;
  const known = before.filter(({ kind }) => kind === 'suspect');
  const earlier = openSuspects.filter(({ key }) => key !== made?.key);
  const reported = earlier.map((open) => known.find(({ key }) => key === open.key) ?? briefProblem(facts, open));
  const all = made === null ? reported : [...reported, detailedProblem(facts, made.key, made.suspicion)];
  const newest = new Map(all.map((one) => [one.code, one]));
  const sinceOf = (code: string) => known.find((one) => one.code === code)?.since ?? at.toString();
  return [...newest.values()].map((one) => ({ ...one, since: sinceOf(one.code) }));
}

function detailedProblem(facts: SuspectFacts, key: string, { reason, lostTables, bytes }: Suspicion): BackupProblem {
  const tables = lostTables.slice(0, maxListed).map(({ table, rows }) => `- ${table}: had ${formatCount(rows)}`);
  const more = lostTables.length > maxListed ? [`- and ${formatCount(lostTables.length - maxListed)} more`] : [];
  const why = [
    `Why: ${reason}`,
    `Size: ${formatBytes(bytes.now)}, before ${formatBytes(bytes.before)}`,
    ...(tables.length === 0 ? [] : ['Tables without rows now:', ...tables, ...more]),
  ];
  const code = lostTables.length === 0 ? reasonKind(reason) : lostTables.map(({ table }) => table).join(',');
  return suspectProblem(facts, code, { key, reason }, why);
}

/** One that the alerts do not remember: only its reason is known. */
function briefProblem(facts: SuspectFacts, open: OpenSuspect): BackupProblem {
  return suspectProblem(facts, reasonKind(open.reason), open, [`Why: ${open.reason}`]);
}

function suspectProblem(
  { database, at }: SuspectFacts,
  code: string,
  { key, reason }: OpenSuspect,
  why: readonly string[],
): BackupProblem {
  return {
    database,
    kind: 'suspect',
    code,
    key,
    title: `backup of ${database} is SUSPECT: did it lose data?`,
    message: `the backup ${key} is suspect: ${reason}`,
    lines: [
      `The backup of ${database} was stored, but looks as if data was lost.`,
      ...why,
      'Until you decide, old backups are kept and no weekly or longer one is written.',
    ],
    hint: [
      'Look at the database: is its disk mounted, is the data there?',
      `If all is right: nightshift accept ${key}`,
      'If data is lost, the last good backup has it: nightshift restore',
    ].join('\n'),
    since: at.toString(),
  };
}
