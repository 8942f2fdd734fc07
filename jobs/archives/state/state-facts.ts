import type { ObjectMetadata } from '../../store/store.ts';
import type { StateOrigin } from './state-archive.ts';

/** What is kept with a stored state backup. */
export type StateFacts = StateOrigin & {
  /** Of the packed files, before compression. Hex. */
  readonly snapshotSha256: string;
  /** Of the stored bytes. Hex. */
  readonly archiveSha256: string;
};

export function stateMetadataOf({ snapshotSha256, archiveSha256, takenAt, since }: StateFacts): ObjectMetadata {
  return {
    'snapshot-sha256': snapshotSha256,
    'archive-sha256': archiveSha256,
    'taken-at': takenAt.toString(),
    ...(since === null ? {} : { 'state-since': since.toString() }),
  };
}

/** What an object's metadata says; null when it was copied without, or is not nightshift's. */
export function stateFactsOf(metadata: ObjectMetadata): StateFacts | null {
  const { 'snapshot-sha256': snapshotSha256 = '', 'archive-sha256': archiveSha256 = '' } = metadata;
  const takenAt = instantOf(metadata['taken-at']);
  if (takenAt === null || ![snapshotSha256, archiveSha256].every((hash) => /^[0-9a-f]{64}$/.test(hash))) return null;
  return { snapshotSha256, archiveSha256, takenAt, since: instantOf(metadata['state-since']) };
}

function instantOf(text: string | undefined): Temporal.Instant | null {
  try {
    return text === undefined ? null : Temporal.Instant.from(text);
  } catch {
    return null;
  }
}
