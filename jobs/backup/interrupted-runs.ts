import { rm } from 'node:fs/promises';
import type { BackupKind } from '../archives/backup-kinds.ts';
import type { AgeIdentity } from '../archives/format/encryption.ts';
import { isCorruptObject, readBack } from '../archives/format/read-back.ts';
import { factsOf } from '../archives/metadata.ts';
import { databaseInKey } from '../archives/names.ts';
import type { History } from '../monitoring/history/history.ts';
import type { Clock } from '../runtime/clock.ts';
import { failureText, type Log } from '../runtime/log.ts';
import { noBar } from '../runtime/progress.ts';
import { isRefusal } from '../store/refusal.ts';
import type { ObjectStore } from '../store/store.ts';

type InterruptedRunsDeps = {
  readonly database: string;
  readonly stagingFolder: string;
  readonly store: ObjectStore;
  readonly history: History;
  readonly clock: Clock;
  readonly kinds: readonly BackupKind[];
};

/**
 * Cleans or finishes what a killed run left: work files, unfinished uploads, and objects that were stored but never read
 * back (verified now, or removed). What the store refuses to remove is logged and left. The caller holds the database's lock.
 */
export async function cleanUpInterruptedRuns(
  { database, stagingFolder, store, history, clock, kinds }: InterruptedRunsDeps,
  { identity, log, signal }: { identity: AgeIdentity | null; log: Log; signal: AbortSignal },
): Promise<void> {
  await rm(stagingFolder, { recursive: true, force: true });
  await abortUploads(database, store, kinds, { log, signal });
  for (const key of history.unverifiedKeys(database)) {
    const head = await store.head(key, signal);
    const facts = head === null ? null : factsOf(head.metadata);
    if (facts === null) {
      history.forgetKey(key);
      continue;
    }
    try {
      history.recordVerification(key, await readBack(store, key, facts, { identity, signal, bar: noBar }), clock.now());
      log.line(`an earlier run stored ${key} and was stopped; read back now, it is good`);
    } catch (error) {
      if (!isCorruptObject(error)) throw error;
      const found = `an earlier run stored ${key} and was stopped; it does not read back`;
      try {
        await store.remove(key, signal);
        history.forgetKey(key);
        log.warn(`${found} and was removed`);
      } catch (refused) {
        if (!isRefusal(refused)) throw refused;
        log.warn(`${found}, and cannot be removed: remove it by hand. ${failureText(refused)}`);
      }
    }
  }
}

/** Unfinished uploads cost space and harm no backup: where they may not be listed or aborted, the run goes on. */
async function abortUploads(
  database: string,
  store: ObjectStore,
  kinds: readonly BackupKind[],
  { log, signal }: { log: Log; signal: AbortSignal },
): Promise<void> {
  const isOurs = ({ key }: { key: string }) => databaseInKey(key, kinds) === database;
  try {
    for (const { prefix } of kinds) {
      const aborted = await store.abortUploads(`${prefix}${database}_`, isOurs, signal);
      for (const key of aborted) log.line(`aborted the unfinished upload of ${key}`);
    }
  } catch (error) {
    if (!isRefusal(error)) throw error;
    log.warn(`unfinished uploads of earlier runs are left as they are. ${failureText(error)}`);
  }
}
