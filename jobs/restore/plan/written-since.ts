import path from 'node:path';
import { localTimestamp } from '../../runtime/clock.ts';
import { formatCount } from '../../runtime/format.ts';
import type { DatabaseFingerprint } from '../staging/verified-file.ts';
import type { RestoreJournal } from '../swap/journal.ts';

/** What became of the current database since a restore put it in place. */
export type WrittenSince =
  /** No restore recorded that it put this file in place. */
  { readonly kind: 'not known' } | { readonly kind: 'nothing' | 'something'; readonly restore: RestoreJournal };

/** Compares the current file (its inode, and its state as `fileState` has it) with what restores recorded, the newest first. */
export function writtenSince(
  current: { readonly inode: string; readonly state: string | null },
  records: readonly RestoreJournal[],
): WrittenSince {
  const restore = records.find(({ staged }) => staged.inode === current.inode);
  if (restore === undefined || restore.stagedState === null) return { kind: 'not known' };
  return { kind: restore.stagedState === current.state ? 'nothing' : 'something', restore };
}

type LocalTimes = { readonly zone: string };

/** What an undo takes out of the database again, as a sentence; it is a warning when something was written. */
export function writtenSinceText(
  written: WrittenSince,
  now: DatabaseFingerprint | null,
  { zone }: LocalTimes,
): { readonly isLoss: boolean; readonly text: string } {
  if (written.kind === 'not known') {
    const text =
      'not known: what was written to the current database since it was put in place (no restore recorded it)';
    return { isLoss: false, text };
  }
  const { source, startedAt, tables } = written.restore;
  const name = source.startsWith('/') ? path.basename(source) : source;
  const since = `since ${name} was restored, ${localTimestamp(Temporal.Instant.from(startedAt), zone)}`;
  if (written.kind === 'nothing')
    return { isLoss: false, text: `nothing was written to the current database ${since}` };
  if (tables !== null && now !== null && rowChanges(tables, now).length === 0) {
    const text = `the file of the current database changed ${since}, by writes or by a mere checkpoint: no table has more or fewer rows, and whether rows were changed is not known`;
    return { isLoss: true, text };
  }
  const what = `WRITTEN ${since}, and not in what comes back (it stays in the safety copy): ${changesText(tables, now)}`;
  return { isLoss: true, text: what };
}

function changesText(before: RestoreJournal['tables'], now: DatabaseFingerprint | null): string {
  if (before === null || now === null) return 'how much is not known, its rows could not be counted';
  return `rows ${rowChanges(before, now).join(', ')}; rows that were changed are not counted`;
}

/** Tables with more or fewer rows, each in words. */
function rowChanges(before: NonNullable<RestoreJournal['tables']>, now: DatabaseFingerprint): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now.tables)])].sort().flatMap((table) => {
    const [was, is] = [before[table] ?? null, now.tables[table] ?? null];
    if (was === is) return [];
    if (is === null) return now.uncounted?.includes(table) ? [] : [`${table} is gone`];
    if (was === null) return [`${table} is new, ${formatCount(is)}`];
    return [`${table} ${is > was ? '+' : '-'}${formatCount(Math.abs(is - was))}`];
  });
}
