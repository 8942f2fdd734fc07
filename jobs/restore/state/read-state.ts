import type { AgeIdentity } from '../../archives/format/encryption.ts';
import { plainStream } from '../../archives/format/unarchive.ts';
import { type StateFile, type StateOrigin, unpackState } from '../../archives/state/state-archive.ts';
import type { StoredState } from '../../archives/state/stored-states.ts';
import { Failure } from '../../runtime/errors.ts';
import { createHashMeter, throughMeter } from '../../runtime/hash.ts';
import type { ObjectStore } from '../../store/store.ts';

export type StateToRestore = StateOrigin & { readonly key: string; readonly files: readonly StateFile[] };

/**
 * Downloads a state and checks it: against the hash in its metadata where it has some, and each of its files. Throws
 * READ_BACK_DIFFERS, ARCHIVE_ and STORE_ failures.
 */
export async function readState(
  store: ObjectStore,
  { key, facts }: StoredState,
  identity: AgeIdentity | null,
  signal: AbortSignal,
): Promise<StateToRestore> {
  const plain = await plainStream(await store.read(key, { signal }), key, identity, signal);
  const meter = createHashMeter();
  const chunks: Uint8Array[] = [];
  for await (const chunk of throughMeter(plain, meter)) chunks.push(chunk);
  if (facts !== null && meter.sha256() !== facts.snapshotSha256) {
    throw new Failure(
      'READ_BACK_DIFFERS',
      `${key} is not what was stored: its sha256 is ${meter.sha256()}, expected ${facts.snapshotSha256}.`,
      'Choose an earlier one: `nightshift restore --state NAME`.',
    );
  }
  return { key, ...unpackState(Buffer.concat(chunks), key) };
}
