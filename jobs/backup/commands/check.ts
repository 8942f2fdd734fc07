import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CliContext } from '../../platform/context.ts';
import { asFailure, Failure } from '../../platform/errors.ts';
import { formatBytes } from '../../platform/format.ts';
import { openHistory } from '../../platform/history.ts';
import { createLog } from '../../platform/log.ts';
import type { Database, Settings } from '../../platform/settings.ts';
import { openStore } from '../../platform/store/open.ts';
import type { ObjectStore } from '../../platform/store/store.ts';
import { requireFreeSpace, requireStaging } from '../snapshot/disk-space.ts';
import { openSource } from '../snapshot/source.ts';

/** One part that was tried: what was found, or why it cannot be used. */
export type Checked = { readonly part: string } & (
  | { readonly ok: true; readonly found: string }
  | { readonly ok: false; readonly failure: Failure }
);

const probePrefix = 'sqlite-backups/';
/** S3 refuses requests that are 15 minutes off; a third of that deserves a word. */
const mostSkewSeconds = 300;
const lockWaitMs = 3000;

/** Tries every part a backup needs, each by itself: databases, staging, state, the store to read and to write, the clock. */
export async function checkAll(settings: Settings, context: CliContext): Promise<Checked[]> {
  const store = await openStore(settings.store);
  const { signal } = context;
  const parts: [string, () => Promise<string>][] = [
    ...settings.databases.map((database): [string, () => Promise<string>] => [
      `database ${database.name}`,
      () => checkDatabase(database, settings, context),
    ]),
    ['STAGING_DIR', () => checkStaging(settings, context)],
    ['STATE_DIR', async () => checkState(settings)],
    ['store, reading', async () => `${(await store.list(probePrefix, signal)).length} objects in ${store.name}`],
    ['store, writing', () => checkWriting(store, signal)],
    ['clock', () => checkClock(store, context)],
  ];
  const checked: Checked[] = [];
  for (const [part, check] of parts) checked.push(await outcomeOf(part, check));
  store.close();
  return checked;
}

async function outcomeOf(part: string, check: () => Promise<string>): Promise<Checked> {
  try {
    return { part, ok: true, found: await check() };
  } catch (error) {
    return { part, ok: false, failure: asFailure(error) };
  }
}

async function checkDatabase(database: Database, settings: Settings, context: CliContext): Promise<string> {
  const source = await openSource(database.path, {
    signal: context.signal,
    log: quietLog(settings, context),
    lockWaitMs,
  });
  const { bytes, journalMode } = source;
  source.close();
  await requireFreeSpace(settings.stagingDir, bytes * 2, `the snapshot of ${database.name} and its archive`);
  return `${database.path}, ${formatBytes(bytes)}, ${journalMode === 'wal' ? 'WAL' : 'rollback journal'}`;
}

async function checkStaging({ stagingDir, zone }: Settings, context: CliContext): Promise<string> {
  await requireStaging(stagingDir, createLog(context.clock, zone, { out: context.err, err: context.err }));
  return stagingDir;
}

function checkState({ stateDir }: Settings): string {
  openHistory(stateDir).close();
  return stateDir;
}

/** Stores, reads and removes a few bytes under a name that no backup has. */
async function checkWriting(store: ObjectStore, signal: AbortSignal): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightshift-check-'));
  const key = `${probePrefix}check-${randomUUID()}`;
  try {
    const file = path.join(folder, 'probe');
    await writeFile(file, 'nightshift check\n');
    await store.put(key, file, {}, { signal });
    await store.remove(key, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return 'an object was stored and removed';
}

async function checkClock(store: ObjectStore, { clock, signal }: CliContext): Promise<string> {
  const skew = await store.clockSkewSeconds(clock, signal);
  if (skew === null) return 'the store has none of its own';
  if (Math.abs(skew) <= mostSkewSeconds) return `${Math.abs(Math.round(skew))} s from the store's`;
  const direction = skew > 0 ? 'behind' : 'ahead of';
  throw new Failure(
    'STORE_CLOCK_SKEW',
    `The clock of this host is ${Math.abs(Math.round(skew))} s ${direction} the store's.`,
    'Set the clock (timedatectl set-ntp true): backups are named after it, and the store refuses requests that are 15 minutes off.',
  );
}

function quietLog({ zone }: Settings, { clock }: CliContext) {
  return createLog(clock, zone, { out() {}, err() {} });
}
