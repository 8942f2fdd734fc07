import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Failure } from '../platform/errors.ts';
import { formatBytes, plural } from '../platform/format.ts';
import type { Proof } from '../platform/history.ts';
import type { Step } from '../platform/progress.ts';
import type { Database, Settings } from '../platform/settings.ts';
import type { ObjectStore } from '../platform/store/store.ts';
import { archiveEnding, writeArchive } from './archive/archive.ts';
import { readIdentity } from './archive/unarchive.ts';
import { keepHouse } from './housekeeping.ts';
import { settleLeftovers } from './leftovers.ts';
import { newestOfForm, prepare } from './prepare.ts';
import { requireStaging } from './snapshot/disk-space.ts';
import { takeSnapshot } from './snapshot/snapshot.ts';
import { stepsOf, type Tools } from './steps.ts';
import { storeProven } from './store-proven.ts';
import { storeReady } from './store-ready.ts';
import { factsOfSnapshot } from './stored/facts.ts';
import { inventoryOf, newestTrusted, openSuspects, withDaily } from './stored/inventory.ts';
import { freeDailyKey } from './stored/names.ts';
import { type Suspicion, suspicionOf } from './stored/suspect.ts';

export type BackupTools = Tools & {
  readonly settings: Settings;
  readonly store: ObjectStore;
  /** The service's first start, when the bucket's key may be too new to work at once. */
  readonly patient: boolean;
  readonly signal: AbortSignal;
};

export type BackupResult = {
  readonly key: string;
  readonly proof: Proof;
  readonly suspicion: Suspicion | null;
  /** Of the integrity check: rows that break the schema's own rules, in pages that are sound. */
  readonly findings: readonly string[];
  /** Keys of earlier suspects that this backup disproves: the rows are there again. */
  readonly disproved: readonly string[];
  /** The store held none of the backups that the history knows; what was found, in a sentence. */
  readonly storeEmptied: string | null;
  /** What went wrong around a good backup: weekly copies, prune, or a damaged older object. */
  readonly housekeeping: Failure | null;
};

type Place = { readonly database: Database; readonly runId: number; readonly stagingFolder: string };

/** One backup, step by step. The caller holds the database's lock and records the outcome. Throws a Failure. */
export async function backUp({ database, runId, stagingFolder }: Place, tools: BackupTools): Promise<BackupResult> {
  const { settings, store, history, clock, log, patient, signal } = tools;
  const { name } = database;
  const step = stepsOf(runId, tools);
  const format = { compression: settings.compression, recipients: settings.ageRecipients };
  const identity = settings.ageIdentityFile === null ? null : await readIdentity(settings.ageIdentityFile);
  const takenAt = clock.now();
  const at = takenAt.toZonedDateTimeISO(settings.zone).toPlainDateTime();

  await step('reach store', () => storeReady(store, { patient, log, signal }));
  await step('clean up', () =>
    settleLeftovers({ database: name, stagingFolder, store, history, clock }, { identity, log, signal }),
  );
  const accepted = history.acceptedKeys();
  const inventory = await step('list', () => inventoryOf(store, name, signal));

  await requireStaging(settings.stagingDir, log);
  await mkdir(stagingFolder, { recursive: true });
  const snapshot = await step(
    'snapshot',
    async (bar) => {
      const file = path.join(stagingFolder, 'snapshot.db');
      return takeSnapshot(database, file, { signal, step: bar(await bytesOf(database.path)), log });
    },
    ({ bytes }) => `${formatBytes(bytes)} of ${database.path}`,
  );

  const compress = (bar: Step, signal: AbortSignal) => {
    const file = path.join(stagingFolder, `archive${archiveEnding(format)}`);
    return writeArchive(snapshot.file, file, format, { signal, step: bar, verifyBeforeEncryption: identity === null });
  };
  const prepared = await step(
    'check and compress',
    (bar) => {
      const newest = newestOfForm(inventory.dailies, format);
      return prepare(snapshot, newest, (signal) => compress(bar(snapshot.bytes), signal), signal);
    },
    ({ contents, archive }) => {
      const size = archive === null ? 'unchanged since the newest backup' : formatBytes(archive.bytes);
      return `integrity ok, ${plural(Object.keys(contents.tables).length, 'table')}, ${size}`;
    },
  );

  const { contents, snapshotSha256 } = prepared;
  const trusted = newestTrusted(inventory, accepted);
  const suspicion = suspicionOf(
    { bytes: snapshot.bytes, tables: contents.tables, unchecked: contents.unchecked },
    trusted && { key: trusted.key, bytes: trusted.facts.snapshotBytes, tables: trusted.facts.tables },
  );
  const taken = new Set(inventory.dailies.map(({ key }) => key));
  const key = freeDailyKey({ database: name, at, ending: archiveEnding(format) }, taken);
  const snapshotFacts = factsOfSnapshot({
    snapshot,
    snapshotSha256,
    contents,
    format,
    takenAt,
    suspect: suspicion?.reason ?? null,
  });
  const target = { key, store, history, clock, runId, identity, step, signal };
  const { proof, facts, bytes, damaged } = await storeProven(prepared, snapshotFacts, compress, target);

  const after = withDaily(inventory, { key, bytes, database: name, at, ending: archiveEnding(format), facts });
  const suspects = openSuspects(after, accepted);
  const { retention } = settings;
  const house = {
    store,
    history,
    clock,
    retention,
    suspects,
    lastGood: key,
    today: at.toPlainDate(),
    identity,
    step,
    log,
    signal,
  };
  const problem = await keepHouse(after, house);
  return { key, proof, suspicion, findings: [], disproved: [], storeEmptied: null, housekeeping: damaged ?? problem };
}

async function bytesOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => null);
  return found?.size ?? 0;
}
