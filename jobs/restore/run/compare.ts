import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import type { Database } from '../../settings/databases.ts';
import { requireFreeSpace } from '../../sqlite/snapshot/disk-space.ts';
import type { RestoreSource } from '../choice/restore-source.ts';
import { compareDatabases } from '../compare/compare-databases.ts';
import type { DatabaseDifference } from '../compare/difference.ts';
import { differenceText } from '../compare/difference-text.ts';
import { removeDatabaseFiles } from '../files/database-files.ts';
import { comparedPath } from '../files/names.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import { whenText } from '../plan/plan-text.ts';
import { whyUnread } from '../staging/current-database.ts';
import { assertReplaceable, keepTemporary, keepTemporaryMs, removeOldTemporaries } from '../staging/preflight.ts';
import type { TargetOwner } from '../staging/stage.ts';
import { spareBytes } from '../staging/undo-room.ts';
import type { RestoreDeps } from './restore-deps.ts';

/**
 * Shows how the database differs now from `source`, which is unpacked beside it for as long as that takes. Stops and changes
 * nothing. Throws DATABASE_MISSING, DISK_FULL, what keeps the database from being
 * read, also when only a part of it was (DATABASE_CORRUPT), or what the source is found to be.
 */
export async function compare(
  source: RestoreSource,
  { path: database }: Database,
  { compareLimitSeconds }: Pick<RestoreOptions, 'compareLimitSeconds'>,
  deps: RestoreDeps,
): Promise<void> {
  const { clock, settings, progress, signal, out } = deps;
  if (!existsSync(database)) {
    throw new Failure(
      'DATABASE_MISSING',
      `There is no ${database} to compare with the backup.`,
      `Check DATABASE_PATH, and that the disk is mounted: \`findmnt -T ${path.dirname(database)}\`.`,
    );
  }
  const unread = whyUnread(database);
  if (unread !== null)
    throw new Failure('DATABASE_UNREADABLE', `${database} was not read: ${unread}.`, 'Run it as root.');
  const file = comparedPath(database, randomUUID());
  await assertReplaceable(file);
  removeOldTemporaries(database, clock.now());
  const hint =
    'Free space there, or compare where there is more: `nightshift restore NAME --to FILE`. Nothing was changed.';
  await requireFreeSpace(
    path.dirname(database),
    source.leastBytes + spareBytes,
    'the backup beside the database',
    hint,
  );
  for (const remark of source.remarks) deps.log.line(remark);
  const fresh = setInterval(() => keepTemporary(file, clock.now()), keepTemporaryMs);
  try {
    const { fingerprint, verifiedBy } = await source.stage(file, onlyOurs(), deps);
    const rows = fingerprint?.tables ?? {};
    const difference = await compareDatabases(database, file, {
      limitSeconds: compareLimitSeconds,
      rows,
      progress,
      signal,
    });
    const here = { now: source.now(), zone: settings.zone };
    out(`\nCompared ${database} now with ${source.label}\n`);
    out(`  taken       ${source.takenAt === null ? 'not known' : whenText(source.takenAt, here)}\n`);
    out(`  verified    ${verifiedBy}\n`);
    out(differenceText(difference, compareLimitSeconds));
    out('Nothing was stopped or changed.\n');
    requireUndamaged(database, difference);
  } finally {
    clearInterval(fresh);
    removeDatabaseFiles(file);
  }
}

/** A report that could not read all for damage is no success. */
function requireUndamaged(database: string, { tables }: DatabaseDifference): void {
  const damaged = tables.flatMap((table) => (table.kind === 'not compared' && table.isDamaged ? [table.table] : []));
  if (damaged.length === 0) return;
  throw new Failure(
    'DATABASE_CORRUPT',
    `${database} is damaged; not compared for that reason: ${damaged.join(', ')}.`,
    `Stop its writers, keep a copy of all its files, then restore the newest good backup (\`nightshift list\`), or salvage with \`sqlite3 ${database} .recover\`.`,
  );
}

/** For this user alone: it is gone in a moment. */
function onlyOurs(): TargetOwner {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mode: 0o600, attributesOf: null };
}
