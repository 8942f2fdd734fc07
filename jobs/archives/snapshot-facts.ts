import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { toolVersion } from '../runtime/version.ts';
import { totalRows } from '../sqlite/contents.ts';
import type { CheckedContents } from '../sqlite/integrity/integrity.ts';
import type { Snapshot } from '../sqlite/snapshot/snapshot.ts';
import type { ArchiveFormat } from './format/archive.ts';
import type { BackupFacts } from './metadata.ts';

/** Facts of a checked snapshot; only its archive's hash is still to come. */
export type SnapshotFacts = Omit<BackupFacts, 'archiveSha256'>;

export function factsOfSnapshot(taken: {
  readonly snapshot: Snapshot;
  readonly snapshotSha256: string;
  readonly contents: CheckedContents;
  readonly format: ArchiveFormat;
  readonly takenAt: Temporal.Instant;
  readonly suspect: string | null;
  /** The id of this host's STATE_DIR; null when it cannot be read. */
  readonly instance: string | null;
}): SnapshotFacts {
  const { snapshot, snapshotSha256, contents, format, takenAt, suspect, instance } = taken;
  return {
    snapshotSha256,
    snapshotBytes: snapshot.bytes,
    pages: snapshot.pages,
    freePages: snapshot.freePages,
    rows: totalRows(contents.tables),
    tables: contents.tables,
    schemaSha256: contents.schemaSha256,
    applicationId: snapshot.applicationId,
    userVersion: snapshot.userVersion,
    journalMode: snapshot.sourceJournalMode,
    sqliteVersion: contents.sqliteVersion,
    toolVersion,
    takenAt,
    suspect,
    findings: contents.findingKinds,
    compression: compressionName(format),
    recipients: recipientsDigest(format),
    instance,
    host: instance === null ? null : hostname(),
  };
}

/** `gzip-9`. */
export function compressionName({ compression }: ArchiveFormat): string {
  return `${compression.format}-${compression.level}`;
}

/** Distinguishes sets of age recipients without naming them; null for none. */
export function recipientsDigest({ recipients }: ArchiveFormat): string | null {
  if (recipients.length === 0) return null;
  return createHash('sha256').update(recipients.toSorted().join('\n')).digest('hex').slice(0, 16);
}
