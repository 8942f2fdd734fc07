import type { Readable } from 'node:stream';
import type { Proof } from '../../monitoring/history/history.ts';
import { Failure } from '../../runtime/errors.ts';
import { createMeter } from '../../runtime/hash.ts';
import type { Step } from '../../runtime/progress.ts';
import type { ObjectStore } from '../../store/store.ts';
import { type Identity, plainStream } from './unarchive.ts';

type Expected = { readonly snapshotSha256: string; readonly archiveSha256: string };

/**
 * Downloads a stored backup and compares it with what it must be: `proven` when its plain bytes hash to the checked
 * snapshot, `stored` when it is encrypted and this host has no identity, so that only the stored bytes could be compared.
 * Throws READ_BACK_DIFFERS, ARCHIVE_ and STORE_ failures.
 */
export async function readBack(
  store: ObjectStore,
  key: string,
  expected: Expected,
  { identity, signal, bar }: { identity: Identity | null; signal: AbortSignal; bar: Step },
): Promise<Proof> {
  const stored = await store.read(key, { signal, onProgress: (bytes) => bar.advanceTo(bytes) });
  if (key.endsWith('.age') && identity === null) {
    compare(key, 'stored bytes', await sha256Of(stored), expected.archiveSha256);
    return 'stored';
  }
  const plain = await plainStream(stored, key, identity, signal);
  compare(key, 'snapshot', await sha256Of(plain), expected.snapshotSha256);
  return 'proven';
}

/** The object itself is wrong, rather than the way to it. */
export function isBadObject(error: unknown): error is Failure {
  return error instanceof Failure && (error.code === 'READ_BACK_DIFFERS' || error.code === 'ARCHIVE_UNREADABLE');
}

function compare(key: string, what: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new Failure(
    'READ_BACK_DIFFERS',
    `${key} does not read back as it was written: sha256 of the ${what} is ${found}, expected ${expected}.`,
    'A run stores it anew. If it happens again, suspect the network, the memory of this host or the store.',
  );
}

async function sha256Of(stream: Readable): Promise<string> {
  const meter = createMeter();
  for await (const bytes of stream) meter.update(bytes);
  return meter.sha256();
}
