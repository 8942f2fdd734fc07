import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type BackupLayout, layoutBelow } from '../archives/backup-kinds.ts';
import { readIdentity } from '../archives/format/age-identity.ts';
import { archiveEnding } from '../archives/format/archive.ts';
import { sharedStoreFailure, splitByHost, unknownHostFailure } from '../archives/instances.ts';
import { datedOf, type Inventory, inventoryOf, type StoredDaily, withDaily } from '../archives/inventory.ts';
import { freeDailyKey } from '../archives/names.ts';
import { factsOfSnapshot } from '../archives/snapshot-facts.ts';
import { storeClaimedAt } from '../archives/store-identity.ts';
import type { History, Run, Verification } from '../monitoring/history/history.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Failure } from '../runtime/errors.ts';
import { formatBytes, plural } from '../runtime/format.ts';
import { failureText, type Log } from '../runtime/log.ts';
import type { Database } from '../settings/databases.ts';
import type { BackupSettings } from '../settings/settings.ts';
import { listFindings } from '../sqlite/integrity/findings.ts';
import { requireStaging } from '../sqlite/snapshot/disk-space.ts';
import { takeSnapshot } from '../sqlite/snapshot/snapshot.ts';
import type { ObjectStore } from '../store/store.ts';
import { createCompressor, freeKeptArchives } from './compressor.ts';
import { cleanUpInterruptedRuns } from './interrupted-runs.ts';
import { newestOfFormat, prepare, preparedText } from './prepare.ts';
import { recordDetails } from './record-details.ts';
import { recordListing, runRetention } from './retention/run-retention.ts';
import { warnOfEarlierState } from './state/earlier-host.ts';
import { createRunStep, type StepDeps } from './steps.ts';
import { assessSnapshot } from './suspects/assess-snapshot.ts';
import type { Suspicion } from './suspects/suspicion.ts';
import { uploadVerified } from './upload-verified.ts';
import { waitForStore } from './wait-for-store.ts';

export type BackupDeps = StepDeps & {
  readonly settings: BackupSettings;
  readonly store: ObjectStore;
  /** The service's first start, when the bucket's key may be too new to work at once. */
  readonly waitForNewKey: boolean;
  readonly signal: AbortSignal;
  /** Where backups lie; without it, as the settings say. */
  readonly layout?: BackupLayout;
};

export type BackupResult = {
  readonly key: string;
  readonly verification: Verification;
  readonly suspicion: Suspicion | null;
  /** Of the integrity check: rows that break the schema's own rules, in pages that are sound. */
  readonly findings: readonly string[];
  /** How many kinds of findings there are; `findings` lists the first 20. */
  readonly findingKinds: number;
  /** Keys of earlier suspects that this backup disproves: the rows are there again. */
  readonly disproved: readonly string[];
  /** The store held none of the backups that the history knows; what was found, as a message. */
  readonly storeEmptied: string | null;
  /** What went wrong around a good backup: weekly copies, prune, or a damaged older object. */
  readonly housekeeping: Failure | null;
};

type BackupTarget = { readonly database: Database; readonly runId: number; readonly stagingFolder: string };

/** One backup, step by step. The caller holds the database's lock and records the outcome. Throws a Failure. */
export async function backUp(
  { database, runId, stagingFolder }: BackupTarget,
  deps: BackupDeps,
): Promise<BackupResult> {
  const { settings, store, history, clock, log, waitForNewKey, signal } = deps;
  const { layout = layoutBelow(settings.prefix) } = deps;
  const { kinds, daily } = layout;
  const { zone, retention } = settings;
  const { name } = database;
  const step = createRunStep(runId, deps);
  const format = { compression: settings.compression, recipients: settings.ageRecipients };
  const identity = settings.ageIdentityFile === null ? null : await readIdentity(settings.ageIdentityFile);
  const takenAt = clock.now();
  const at = takenAt.toZonedDateTimeISO(zone).toPlainDateTime();

  await step('reach store', () => waitForStore(store, { prefix: daily.prefix, waitForNewKey, log, signal }));
  await step('clean up', () =>
    cleanUpInterruptedRuns({ database: name, stagingFolder, store, history, clock, kinds }, { identity, log, signal }),
  );
  const reading = { zone, now: () => store.now(clock), layout, signal };
  const stored = await step('list', () => inventoryOf(store, name, reading));
  await warnOfEarlierState(database, deps);
  const instances = history.instances();
  const { own: inventory, others } = splitByHost(stored, instances);
  const shared = sharedStoreFailure(others, zone) ?? unknownHostFailure(stored.dailies, instances);
  if (shared !== null) log.warn(failureText(shared));
  recordSuspects(inventory, history, clock);
  warnOfMisdated(inventory, log);
  warnOfChanged(inventory, log);
  const known = lastBackupInStore(history.newestGood(name), storeClaimedAt(settings.store, history));
  const storeEmptied = emptiedStoreMessage(inventory, others.length, known, { store, layout });

  const { stagingDir } = settings;
  await requireStaging(stagingDir, log);
  await mkdir(stagingFolder, { recursive: true });
  const snapshot = await step(
    'snapshot',
    async (startBar) => {
      const file = path.join(stagingFolder, 'snapshot.db');
      const bar = startBar(await bytesOf(database.path));
      const makeRoom = (bytes: number) => freeKeptArchives(name, { bytes, stagingDir, log });
      return takeSnapshot(database, file, { signal, bar, log, makeRoom });
    },
    ({ bytes }) => `${formatBytes(bytes)} of ${database.path}`,
  );

  const compressor = createCompressor(
    { database: name, snapshot, stagingDir, stagingFolder },
    { format, verifyBeforeEncryption: identity === null, log },
  );
  const [newest] = datedOf(inventory.dailies);
  const prepared = await step(
    'check and compress',
    (startBar) => {
      const compress = (signal: AbortSignal) => compressor.compress(startBar(snapshot.bytes), signal);
      return prepare({ database, snapshot }, newestOfFormat(newest, format), compress, signal);
    },
    (prepared) => preparedText(prepared, newest?.facts?.snapshotSha256 ?? null),
  );

  const { contents, snapshotSha256 } = prepared;
  const ignored = settings.suspectIgnore;
  // A host without backups of its own may have lost its STATE_DIR: then the other's are what it must not fall behind.
  const compared = inventory.dailies.length === 0 ? stored : inventory;
  const { suspicion, remarks, ...assessed } = await step('compare', () =>
    assessSnapshot({ snapshot, snapshotSha256, contents }, compared, {
      database: name,
      store,
      history,
      ignored,
      signal,
    }),
  );
  const disproved = assessed.disproved.filter((one) => inventory.dailies.some(({ key }) => key === one));
  for (const remark of remarks) log.line(`compare: ${remark}`);
  for (const finding of listFindings(contents.findings, contents.findingKinds))
    log.warn(`integrity check, no damage: ${finding}`);
  const ending = archiveEnding(format);
  const key = freeDailyKey(daily, { database: name, at, ending }, new Set(stored.dailies.map(({ key }) => key)));
  const suspect = suspicion?.reason ?? null;
  const instance = instances.own;
  const snapshotFacts = factsOfSnapshot({ snapshot, snapshotSha256, contents, format, takenAt, suspect, instance });
  const target = { key, store, history, clock, runId, identity, step, log, signal };
  const uploaded = await uploadVerified(prepared, snapshotFacts, compressor, target);
  const { verification, facts, bytes, archive, damaged } = uploaded;
  if (archive !== null) await compressor.keep(archive);

  const date = { kind: 'dated', takenAt } as const;
  const suspectStatus = suspicion === null ? null : 'open';
  const after = withDaily(inventory, {
    key,
    bytes,
    database: name,
    ending,
    facts,
    isChanged: false,
    details: null,
    date,
    suspectStatus,
  });
  const common = { store, history, clock, stagingFolder, log, signal };
  const recorded = await step('record', () => recordDetails({ key, facts, contents }, disproved, after, common));
  const today = at.toPlainDate();
  const ladder = { database: name, retention, zone, kinds };
  recordListing(recorded.inventory, { ...ladder, history, clock });
  const problem =
    storeEmptied === null && shared === null
      ? await runRetention(recorded.inventory, {
          ...common,
          ...ladder,
          lastGood: key,
          today,
          identity,
          step,
        })
      : shared;
  const housekeeping = damaged ?? recorded.failure ?? problem;
  const { findings, findingKinds } = contents;
  return { key, verification, suspicion, findings, findingKinds, disproved, storeEmptied, housekeeping };
}

/** The store has suspects and their status, also of another host or from before the history was lost. */
function recordSuspects({ dailies }: Inventory, history: History, clock: Clock): void {
  const accepted = history.acceptedKeys();
  for (const { key, database, suspectStatus, facts } of dailies) {
    if (facts === null || facts.suspect === null) continue;
    history.recordSuspect(database, { key, reason: facts.suspect }, facts.takenAt);
    if (suspectStatus === 'accepted' && !accepted.has(key)) history.recordAcceptance(key, clock.now());
    if (suspectStatus === 'disproved') history.recordDisproof(key, clock.now());
  }
}

function warnOfMisdated({ dailies }: Inventory, log: Log): void {
  const misdated = dailies.filter(({ date }) => date.kind === 'misdated');
  const why = 'dated over a day after it was stored (wrong clock, or a copied bucket)';
  warnOfBackups(misdated, `ignored: ${plural(misdated.length, 'misdated backup')}, ${why}`, log);
}

function warnOfChanged({ dailies }: Inventory, log: Log): void {
  const changed = dailies.filter(({ isChanged }) => isChanged);
  const count = plural(changed.length, 'stored backup');
  warnOfBackups(changed, `${count} changed since nightshift stored it, damaged or replaced`, log);
}

function warnOfBackups(dailies: readonly StoredDaily[], what: string, log: Log): void {
  if (dailies.length > 0) log.warn(`${what}:\n${dailies.map(({ key }) => `  ${key}`).join('\n')}`);
}

/** The newest good backup that the history knows, unless a person accepted a new store since. */
function lastBackupInStore(newest: Run | null, storeClaimed: Temporal.Instant | null): Run | null {
  if (newest === null || storeClaimed === null) return newest;
  // The first run in a store claims it after it began.
  return Temporal.Instant.compare(newest.finishedAt ?? newest.startedAt, storeClaimed) < 0 ? null : newest;
}

/** The message when the store has none of the backups that the history knows; null when it has some, or none is known. */
function emptiedStoreMessage(
  { dailies, periodBackups }: Inventory,
  ofOtherHosts: number,
  known: Run | null,
  { store, layout: { prefix } }: { readonly store: ObjectStore; readonly layout: BackupLayout },
): string | null {
  if (dailies.length > 0 || periodBackups.length > 0 || known === null) return null;
  const below = known.key?.startsWith(prefix) ? '' : ` below ${prefix}`;
  const others = ofOtherHosts === 0 ? '' : `, but ${ofOtherHosts} by other hosts,`;
  return `${store.name} held no backup of ${known.database}${below}${others} before this one; the history knows ${known.key}, stored there or in another place.`;
}

async function bytesOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => null);
  return found?.size ?? 0;
}
