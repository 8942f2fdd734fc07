import type { Verification } from '../../monitoring/history/history.ts';
import { Failure } from '../../runtime/errors.ts';
import { hashStream } from '../../runtime/hash.ts';
import type { ProgressBar } from '../../runtime/progress.ts';
import type { ObjectStore } from '../../store/store.ts';
import type { AgeIdentity } from './encryption.ts';
import { plainStream } from './unarchive.ts';

type ExpectedHashes = { readonly snapshotSha256: string; readonly archiveSha256: string };

/**
 * Downloads a stored backup and compares it with what it must be: `verified` when its plain bytes hash to the checked
 * snapshot, `checksum-only` when it is encrypted and this host has no identity, so that only the stored bytes could be compared.
 * Throws READ_BACK_DIFFERS, ARCHIVE_ and STORE_ failures.
 */
export async function readBack(
  store: ObjectStore,
  key: string,
  expected: ExpectedHashes,
  { identity, signal, bar }: { identity: AgeIdentity | null; signal: AbortSignal; bar: ProgressBar },
): Promise<Verification> {
  const stored = await store.read(key, { signal, onProgress: (bytes) => bar.advanceTo(bytes) });
  if (key.endsWith('.age') && identity === null) {
    compare(key, 'stored bytes', await hashStream(stored), expected.archiveSha256);
    return 'checksum-only';
  }
  const plain = await plainStream(stored, key, identity, signal);
  compare(key, 'snapshot', await hashStream(plain), expected.snapshotSha256);
  return 'verified';
}

/** The object itself is wrong, rather than the way to it. */
export function isCorruptObject(error: unknown): error is Failure {
  return error instanceof Failure && (error.code === 'READ_BACK_DIFFERS' || error.code === 'ARCHIVE_UNREADABLE');
}

function compare(key: string, what: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new Failure(
    'READ_BACK_DIFFERS',
    `${key} does not read back as it was written: sha256 of the ${what} is ${found}, expected ${expected}.`,
    'A run stores it again. If it happens once more, suspect the network, the memory of this host or the store.',
  );
}
