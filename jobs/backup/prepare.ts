import { type ArchiveFile, type ArchiveFormat, archiveEnding } from '../archives/format/archive.ts';
import type { KnownDaily, StoredDaily } from '../archives/inventory.ts';
import { compressionName, recipientsDigest } from '../archives/snapshot-facts.ts';
import { formatBytes, plural } from '../runtime/format.ts';
import { hashFile } from '../runtime/hash.ts';
import { runBoth } from '../runtime/run-both.ts';
import type { Database } from '../settings/databases.ts';
import { type CheckedContents, checkIntegrity } from '../sqlite/integrity/integrity.ts';
import type { Snapshot } from '../sqlite/snapshot/snapshot.ts';

/** A checked snapshot, ready to be stored: as an archive, or as a copy of the same one in the store. */
export type PreparedBackup = { readonly contents: CheckedContents; readonly snapshotSha256: string } & (
  | { readonly archive: ArchiveFile; readonly sameAs: null }
  | { readonly archive: null; readonly sameAs: KnownDaily }
);

/**
 * Checks the snapshot and, beside that, compresses it, unless `newest` in the store turns out to be the very same. Throws
 * DATABASE_CORRUPT and what `compress` throws; either failing stops the other.
 */
export async function prepare(
  { database, snapshot }: { readonly database: Database; readonly snapshot: Snapshot },
  newest: KnownDaily | null,
  compress: (signal: AbortSignal) => Promise<ArchiveFile>,
  signal: AbortSignal,
): Promise<PreparedBackup> {
  const [contents, packed] = await runBoth(
    signal,
    (either) => checkIntegrity(snapshot.file, { name: `the copy of ${database.path}`, signal: either }),
    (either) => compressUnlessUnchanged(snapshot, newest, compress, either),
  );
  return { contents, ...packed };
}

async function compressUnlessUnchanged(
  snapshot: Snapshot,
  newest: KnownDaily | null,
  compress: (signal: AbortSignal) => Promise<ArchiveFile>,
  signal: AbortSignal,
) {
  if (newest !== null && newest.facts.snapshotBytes === snapshot.bytes) {
    const snapshotSha256 = await hashFile(snapshot.file, { signal });
    if (snapshotSha256 === newest.facts.snapshotSha256) return { snapshotSha256, archive: null, sameAs: newest };
  }
  const archive = await compress(signal);
  return { snapshotSha256: archive.plainSha256, archive, sameAs: null };
}

/** `newest` when a new archive would get its form, else null. */
export function newestOfFormat(newest: StoredDaily | undefined, format: ArchiveFormat): KnownDaily | null {
  if (newest === undefined || newest.facts === null) return null;
  const isSameForm =
    newest.ending === archiveEnding(format) &&
    newest.facts.compression === compressionName(format) &&
    newest.facts.recipients === recipientsDigest(format);
  return isSameForm ? { ...newest, facts: newest.facts } : null;
}

/**
 * `integrity ok, 3 tables, 338 MiB, 96 % as in the last backup`: what was checked, and how much of the database did not have to
 * be compressed again. `newestSha256` is that of the snapshot in the newest backup.
 */
export function preparedText({ contents, archive }: PreparedBackup, newestSha256: string | null): string {
  const integrity = contents.findings.length === 0 ? 'integrity ok' : 'no damage, but findings';
  const tables = plural(Object.keys(contents.tables).length, 'table');
  const size = archive === null ? 'unchanged since the newest backup' : formatBytes(archive.bytes);
  const reused = archive === null ? [] : reusedText(archive, newestSha256);
  return [integrity, tables, size, ...reused].join(', ');
}

function reusedText({ reused, plainBytes }: ArchiveFile, newestSha256: string | null): string[] {
  if (reused === null) return [];
  const percent = Math.floor((100 * reused.bytes) / plainBytes);
  const where = reused.snapshotSha256 === newestSha256 ? 'the last backup' : 'an earlier backup';
  return [`${percent} % as in ${where}`];
}
