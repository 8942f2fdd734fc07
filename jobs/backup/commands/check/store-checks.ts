import { randomUUID } from 'node:crypto';
import type { BackupLayout } from '../../../archives/backup-kinds.ts';
import { readBack } from '../../../archives/format/read-back.ts';
import { sharedStoreFailure, splitByHost } from '../../../archives/instances.ts';
import { inventoryOf } from '../../../archives/inventory.ts';
import type { KnownInstances, Verification } from '../../../monitoring/history/history.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { asFailure, Failure } from '../../../runtime/errors.ts';
import { plural } from '../../../runtime/format.ts';
import type { Log } from '../../../runtime/log.ts';
import { noBar } from '../../../runtime/progress.ts';
import type { Database } from '../../../settings/databases.ts';
import type { ObjectStore } from '../../../store/store.ts';
import { waitForStore } from '../../wait-for-store.ts';
import { type Checklist, type CheckReport, warnOnFailure } from './checklist.ts';
import type { SampleBackup } from './sample-backup.ts';

type StoreCheckDeps = { readonly store: ObjectStore; readonly layout: BackupLayout; readonly signal: AbortSignal };

const removeTimeoutMs = 5000;
/** Beside the folders of the backups, so that no listing mistakes it for one. */
const sampleName = 'check-';

export const storeCheckNames = {
  reading: 'store, reading',
  cleaning: 'store, cleaning up',
  writing: 'store, writing',
  readingBack: 'store, reading back',
  copying: 'store, copying on the server',
  removing: 'store, removing',
} as const;

type ReadingDeps = StoreCheckDeps & {
  readonly waitForNewKey: boolean;
  readonly log: Log;
  readonly zone: string;
  readonly clock: Clock;
  readonly instances: KnownInstances;
};

/** Waits for the store as a run does, and reads what it has of each database. */
export async function checkReading(
  databases: readonly Database[],
  report: CheckReport,
  { store, layout, signal, waitForNewKey, log, zone, clock, instances }: ReadingDeps,
): Promise<void> {
  await waitForStore(store, { prefix: layout.daily.prefix, waitForNewKey, log, signal });
  const options = { zone, now: () => store.now(clock), layout, signal };
  let backups = 0;
  for (const { name } of databases) {
    const inventory = await inventoryOf(store, name, options);
    backups += inventory.dailies.length + inventory.periodBackups.length;
    const shared = sharedStoreFailure(splitByHost(inventory, instances).others, zone);
    if (shared !== null) report.warn(`${shared.code}: ${shared.message} ${shared.hint}`);
  }
  report.found(`${plural(backups, 'backup')} in ${store.name}`);
}

/** A run aborts uploads that killed runs left unfinished; where they cannot be listed, they stay and are paid for. */
export async function checkCleaning(report: CheckReport, { store, layout, signal }: StoreCheckDeps): Promise<void> {
  report.found('unfinished uploads can be listed');
  await warnOnFailure(report, 'Unfinished uploads of killed runs stay in the bucket:', async () => {
    await store.abortUploads(layout.daily.prefix, () => false, signal);
  });
}

/** Stores the sample, reads it back, copies and removes it, each as a run does with a backup. */
export async function checkObject(list: Checklist, sample: SampleBackup, deps: StoreCheckDeps): Promise<void> {
  const name = `${deps.layout.prefix}${sampleName}${randomUUID()}`;
  const [key, copy] = [`${name}${sample.ending}`, `${name}-copy${sample.ending}`];
  const { signal } = deps;
  try {
    const isStored = await list.run(storeCheckNames.writing, (report) => write(key, sample, report, deps));
    if (isStored === null) {
      list.skip([storeCheckNames.readingBack, storeCheckNames.copying], storeCheckNames.writing);
      // The response may have been lost, so the object may be there.
      const left = await removeSamples([key], deps);
      if (left === null) list.skip([storeCheckNames.removing], storeCheckNames.writing);
      else await list.run(storeCheckNames.removing, () => Promise.reject(leftBehind(left)));
      return;
    }
    const isRead = await list.run(storeCheckNames.readingBack, (report) => compare(key, sample, report, deps));
    if (isRead === null) list.skip([storeCheckNames.copying], storeCheckNames.readingBack);
    else await list.run(storeCheckNames.copying, (report) => copyOnServer(key, copy, sample, report, deps));
    await list.run(storeCheckNames.removing, (report) => remove([key, copy], report, deps));
  } catch (error) {
    if (signal.aborted)
      await removeSamples([key, copy], { ...deps, signal: AbortSignal.timeout(removeTimeoutMs) }).catch(() => null);
    throw error;
  }
}

const metadata = { 'nightshift-check': 'sample' };

async function write(
  key: string,
  { archive }: SampleBackup,
  report: CheckReport,
  { store, signal }: StoreCheckDeps,
): Promise<true> {
  await store.put(key, archive.file, metadata, { signal });
  report.found(`${key}, ${archive.bytes} bytes`);
  return true;
}

async function compare(
  key: string,
  sample: SampleBackup,
  report: CheckReport,
  { store, signal }: StoreCheckDeps,
): Promise<true> {
  const verification = await readBackSample(key, sample, { store, signal });
  const head = await store.head(key, signal);
  report.found(
    verification === 'verified' ? 'equal to what was compressed' : 'equal to what was sent (no identity here)',
  );
  if (head?.metadata['nightshift-check'] !== metadata['nightshift-check']) {
    report.warn(
      'The store does not keep metadata: backups are stored and verified, but what is known of them is lost.',
    );
  }
  return true;
}

async function copyOnServer(
  from: string,
  to: string,
  sample: SampleBackup,
  report: CheckReport,
  deps: StoreCheckDeps,
): Promise<void> {
  const { store, signal } = deps;
  report.found('the copy is equal');
  await warnOnFailure(report, 'An unchanged database is uploaded again instead of copied:', async () => {
    await store.copy(from, to, metadata, signal);
    await readBackSample(to, sample, deps);
  });
}

function readBackSample(
  key: string,
  { archive, identity }: SampleBackup,
  { store, signal }: Pick<StoreCheckDeps, 'store' | 'signal'>,
): Promise<Verification> {
  const expected = { snapshotSha256: archive.plainSha256, archiveSha256: archive.sha256 };
  return readBack(store, key, expected, { identity, signal, bar: noBar });
}

async function remove(keys: readonly string[], report: CheckReport, deps: StoreCheckDeps): Promise<void> {
  const left = await removeSamples(keys, deps);
  if (left !== null) throw leftBehind(left);
  report.found('what was stored is removed');
}

/** What could not be removed: why, and which objects are there, or may be. */
type LeftSamples = { readonly failure: Failure; readonly there: readonly string[]; readonly unseen: readonly string[] };

/** Removes every object that can be. Null when nothing is left. Throws AbortError. */
async function removeSamples(keys: readonly string[], { store, signal }: StoreCheckDeps): Promise<LeftSamples | null> {
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

function leftBehind({ failure, there, unseen }: LeftSamples): Failure {
  const left = [
    'Old backups would never be removed.',
    ...(there.length === 0 ? [] : [`Remove by hand what this check left: ${there.join(', ')}.`]),
    ...(unseen.length === 0
      ? []
      : [`See whether this check left these, and remove them by hand: ${unseen.join(', ')}.`]),
  ];
  return new Failure(failure.code, failure.message, `${failure.hint} ${left.join(' ')}`, failure);
}
