import { randomUUID } from 'node:crypto';
import { readBack } from '../../../archives/format/read-back.ts';
import { inventoryOf } from '../../../archives/inventory.ts';
import { daily } from '../../../archives/kinds.ts';
import type { Proof } from '../../../monitoring/history/history.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { asFailure, Failure } from '../../../runtime/errors.ts';
import { plural } from '../../../runtime/format.ts';
import type { Log } from '../../../runtime/log.ts';
import { noStep } from '../../../runtime/progress.ts';
import type { Database } from '../../../settings/databases.ts';
import type { ObjectStore } from '../../../store/store.ts';
import { storeReady } from '../../wait-for-store.ts';
import { type Checklist, orWarn, type Say } from './checklist.ts';
import type { Sample } from './sample-backup.ts';

type Deps = { readonly store: ObjectStore; readonly signal: AbortSignal };

const takeBackMs = 5000;
/** Beside the folders of the backups, so that no listing takes it for one. */
const prefix = 'sqlite-backups/check-';

export const storeParts = {
  reading: 'store, reading',
  cleaning: 'store, cleaning up',
  writing: 'store, writing',
  readingBack: 'store, reading back',
  copying: 'store, copying on the server',
  removing: 'store, removing',
} as const;

type ReadingDeps = Deps & {
  readonly patient: boolean;
  readonly log: Log;
  readonly zone: string;
  readonly clock: Clock;
};

/** Waits for the store as a run does, and reads what lies there of each database. */
export async function checkReading(
  databases: readonly Database[],
  say: Say,
  { store, signal, patient, log, zone, clock }: ReadingDeps,
): Promise<void> {
  await storeReady(store, { patient, log, signal });
  let backups = 0;
  for (const { name } of databases) {
    const { dailies, copies } = await inventoryOf(store, name, { zone, now: () => store.now(clock), signal });
    backups += dailies.length + copies.length;
  }
  say.found(`${plural(backups, 'backup')} in ${store.name}`);
}

/** A run gives up what killed runs left unfinished; where that cannot be listed, it stays and is paid for. */
export async function checkCleaning(say: Say, { store, signal }: Deps): Promise<void> {
  say.found('unfinished uploads can be listed');
  await orWarn(say, 'Unfinished uploads of killed runs stay in the bucket:', async () => {
    await store.sweepUploads(daily.prefix, () => false, signal);
  });
}

/** Stores the sample, reads it back, copies and removes it, each as a run does with a backup. */
export async function checkObject(list: Checklist, sample: Sample, deps: Deps): Promise<void> {
  const name = `${prefix}${randomUUID()}`;
  const [key, copy] = [`${name}${sample.ending}`, `${name}-copy${sample.ending}`];
  const { store, signal } = deps;
  try {
    const isStored = await list.part(storeParts.writing, (say) => write(key, sample, say, deps));
    if (isStored === null) {
      list.notTried([storeParts.readingBack, storeParts.copying], storeParts.writing);
      // Its answer may have been lost, so it may lie there.
      const left = await takeBack([key], deps);
      if (left === null) list.notTried([storeParts.removing], storeParts.writing);
      else await list.part(storeParts.removing, () => Promise.reject(leftBehind(left)));
      return;
    }
    const isRead = await list.part(storeParts.readingBack, (say) => compare(key, sample, say, deps));
    if (isRead === null) list.notTried([storeParts.copying], storeParts.readingBack);
    else await list.part(storeParts.copying, (say) => copyOnServer(key, copy, sample, say, deps));
    await list.part(storeParts.removing, (say) => remove([key, copy], say, deps));
  } catch (error) {
    if (signal.aborted)
      await takeBack([key, copy], { store, signal: AbortSignal.timeout(takeBackMs) }).catch(() => null);
    throw error;
  }
}

const metadata = { 'nightshift-check': 'sample' };

async function write(key: string, { archive }: Sample, say: Say, { store, signal }: Deps): Promise<true> {
  await store.put(key, archive.file, metadata, { signal });
  say.found(`${key}, ${archive.bytes} bytes`);
  return true;
}

async function compare(key: string, sample: Sample, say: Say, { store, signal }: Deps): Promise<true> {
  const proof = await readBackSample(key, sample, { store, signal });
  const head = await store.head(key, signal);
  say.found(proof === 'proven' ? 'equal to what was compressed' : 'equal to what was sent (no identity here)');
  if (head?.metadata['nightshift-check'] !== metadata['nightshift-check']) {
    say.warn('The store does not keep metadata: backups are stored and proven, but what is known of them is lost.');
  }
  return true;
}

async function copyOnServer(from: string, to: string, sample: Sample, say: Say, deps: Deps): Promise<void> {
  const { store, signal } = deps;
  say.found('the copy is equal');
  await orWarn(say, 'An unchanged database is uploaded again instead of copied:', async () => {
    await store.copy(from, to, metadata, signal);
    await readBackSample(to, sample, deps);
  });
}

function readBackSample(key: string, { archive, identity }: Sample, { store, signal }: Deps): Promise<Proof> {
  const expected = { snapshotSha256: archive.plainSha256, archiveSha256: archive.sha256 };
  return readBack(store, key, expected, { identity, signal, bar: noStep });
}

async function remove(keys: readonly string[], say: Say, deps: Deps): Promise<void> {
  const left = await takeBack(keys, deps);
  if (left !== null) throw leftBehind(left);
  say.found('what was stored is removed');
}

/** What could not be removed: why, and which objects are there, or may be. */
type Left = { readonly failure: Failure; readonly there: readonly string[]; readonly unseen: readonly string[] };

/** Removes every object that can be. Null when nothing is left. Throws AbortError. */
async function takeBack(keys: readonly string[], { store, signal }: Deps): Promise<Left | null> {
  const there: string[] = [];
  const unseen: string[] = [];
  let failure: Failure | null = null;
  for (const key of keys) {
    try {
      await store.remove(key, signal);
    } catch (error) {
      signal.throwIfAborted();
      const isThere = await store.head(key, signal).then(
        (head) => head !== null,
        () => null,
      );
      signal.throwIfAborted();
      if (isThere === false) continue;
      failure ??= asFailure(error);
      (isThere === null ? unseen : there).push(key);
    }
  }
  return failure === null ? null : { failure, there, unseen };
}

function leftBehind({ failure, there, unseen }: Left): Failure {
  const left = [
    'Old backups would never be removed.',
    ...(there.length === 0 ? [] : [`Remove by hand what this check left: ${there.join(', ')}.`]),
    ...(unseen.length === 0 ? [] : [`Look whether this check left, and then remove by hand: ${unseen.join(', ')}.`]),
  ];
  return new Failure(failure.code, failure.message, `${failure.hint} ${left.join(' ')}`, failure);
}
