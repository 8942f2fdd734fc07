import type { FailureCode } from '../../runtime/errors.ts';
import { formatCount, plural } from '../../runtime/format.ts';
import type { AllowedDangers } from '../options/restore-options.ts';
import type { DatabaseFingerprint } from '../staging/verified-file.ts';
import type { DatabaseComparison } from './comparison.ts';

/** Something that a person should think about twice before a restore. */
export type Danger = {
  /** With --yes it is refused so; null: it is only asked about in a terminal. */
  readonly refusal: { readonly code: FailureCode; readonly message: string; readonly hint: string } | null;
  /** What a terminal says before the name must be typed. */
  readonly question: string;
};

type DangerFacts = {
  /** What is restored, for people. */
  readonly label: string;
  readonly comparison: DatabaseComparison;
  /** What the backup holds; null: not known. */
  readonly backup: DatabaseFingerprint | null;
};

const otherwise = (flag: string) => `run it in a terminal without --yes, or add ${flag}.`;

/** The dangers of putting this backup in the database's place, without those that are allowed. */
export function dangersOf({ label, comparison, backup }: DangerFacts, allow: AllowedDangers): Danger[] {
  const empty = backup?.uncounted === null ? null : emptiness(label, backup);
  const { relation, differences } = comparison;
  const differs = differences.join('; ');
  const dangers = [
    empty === null || allow.empty ? null : emptyBackup(empty),
    relation === 'other' && !allow.otherDatabase ? otherDatabase(differs) : null,
    relation === 'changed' ? { refusal: null, question: `Its schema is not the same: ${differs}.` } : null,
  ];
  return dangers.filter((danger) => danger !== null);
}

function emptyBackup(empty: string): Danger {
  const hint = `Choose another, from \`nightshift list\` or --safety-copies. To restore it anyway, ${otherwise('--allow-empty')}`;
  return { refusal: { code: 'BACKUP_EMPTY', message: `${empty}.`, hint }, question: `${empty}.` };
}

function otherDatabase(differs: string): Danger {
  const message = `This is not a backup of the database that is there now: ${differs}.`;
  const hint = `Check the name. To restore it anyway, ${otherwise('--allow-other-database')}`;
  return {
    refusal: { code: 'DATABASE_DIFFERENT', message, hint },
    question: `IT IS NOT THE SAME DATABASE: ${differs}.`,
  };
}

/** Sentences for the plan about rows that would be lost: of an empty backup, or of tables emptied or missing in it. */
export function warningsOf({ label, comparison, backup }: DangerFacts): string[] {
  const empty = emptiness(label, backup);
  if (empty !== null && backup?.uncounted === null) {
    return [
      `by its metadata, ${empty}. If that is confirmed once it is unpacked, --yes refuses it without --allow-empty.`,
    ];
  }
  if (empty !== null) return [`${empty}. With --yes it is refused without --allow-empty.`];
  if (comparison.relation === 'unknown') return [];
  return comparison.rows.flatMap(({ table, now, backup: after }) => {
    if (now === null || now === 0 || (after !== null && after > 0)) return [];
    const rows = `${plural(now, 'row')} now`;
    return after === null
      ? [`table ${table} will be GONE: ${rows}, no such table in the backup`]
      : [`table ${table} will be EMPTY: ${rows}, 0 in the backup`];
  });
}

/** Says of a backup without a table, or without a row, that it is empty; null when it is not, or not known: tables were not counted. */
function emptiness(label: string, backup: DatabaseFingerprint | null): string | null {
  if (backup === null || (backup.uncounted ?? []).length > 0) return null;
  const counts = Object.values(backup.tables);
  if (counts.length === 0) return `${label} is EMPTY: it has no tables`;
  if (counts.some((rows) => rows > 0)) return null;
  return `${label} is EMPTY: it has ${counts.length === 1 ? 'one table' : `${formatCount(counts.length)} tables`} and no rows`;
}
