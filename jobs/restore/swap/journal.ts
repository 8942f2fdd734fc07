import { existsSync, readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { Failure } from '../../runtime/errors.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import type { Checkpoint } from '../files/checkpoint.ts';
import { removeFile, syncFolderOf, writeDurably } from '../files/durable-writes.ts';
import { fileOwner, setFileOwner } from '../files/file-owner.ts';
import { restoreRecordPath, safetyCopyPath } from '../files/names.ts';
import { restartedStates } from '../services/restart-services.ts';
import { joinedContainerSchema, stoppedServiceSchema } from '../services/stopped-service.ts';
import { type RestoreStep, steps } from './steps.ts';

const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

const schema = z.object({
  version: z.literal(1),
  step: z.enum(Object.keys(steps) as [RestoreStep, ...RestoreStep[]]),
  database: z.string(),
  /** What is restored, for people: an object's key, or a safety copy's path. */
  source: z.string(),
  sourceTakenAt: instant.nullable(),
  startedAt: instant,
  staged: z.object({ inode: z.string(), bytes: z.number() }),
  /** The restored file as `fileState` has it before services run on it. */
  stagedState: z.string().nullable().default(null),
  /** The safety copy that takes the place itself; null: a staged file does. */
  moved: z.object({ name: z.string() }).nullable().default(null),
  /** Rows by table of the old database, counted before services stopped; null: not known. */
  oldTables: z.record(z.string(), z.number()).nullable().default(null),
  /** The old database as `fileState` has it once services are stopped; null: there is none, or not known. */
  oldState: z.string().nullable().default(null),
  tables: z.record(z.string(), z.number()).nullable(),
  /** Stamp in the names of the safety copy and of a rejected file. */
  stamp: z.string(),
  services: z.array(stoppedServiceSchema),
  joined: z.array(joinedContainerSchema).default([]),
  healthRollback: z.boolean(),
  /** Null: each service's own health check decides how long. */
  healthTimeoutSeconds: z.number().nullable(),
  downAt: instant.nullable(),
  upAt: instant.nullable(),
  /** Services may have written into the restored file. */
  servedRestored: z.boolean(),
  /** Why it rolls back to the old database; or what is unhealthy when it stays. */
  problem: z.string().nullable(),
  /** Ids of containers that were in a crash loop before. */
  crashingBefore: z.array(z.string()).default([]),
  /** Names of services that were unhealthy or in a crash loop before. */
  unhealthyBefore: z.array(z.string()).default([]),
  /** Names of services that were not healthy on the restored database. */
  unhealthy: z.array(z.string()).default([]),
  /** Names of services that did not start on the restored database. */
  notStarted: z.array(z.string()).default([]),
  /** Sentences about joined containers that could not be connected again. */
  cutOff: z.array(z.string()).default([]),
  /** How services do on the old database; null unless they were started on it. */
  restarted: z
    .array(z.object({ name: z.string(), state: z.enum(restartedStates), reason: z.string() }))
    .nullable()
    .default(null),
  /** Why it was not seen whether something used the database, when a person allowed that; null: it was seen. */
  unseen: z.string().nullable().default(null),
});

/** A restore under way: all that is needed to finish it or to roll it back. Times are UTC instants in ISO 8601. */
export type RestoreJournal = z.infer<typeof schema>;

/** The unfinished restore of a database, or null. Throws RESTORE_UNFINISHED when the journal cannot be read. */
export function readJournal(database: string): RestoreJournal | null {
  const file = restoreJournalPath(database);
  if (!existsSync(file)) return null;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Failure(
      'RESTORE_UNFINISHED',
      `${file} says that a restore is unfinished, but it cannot be read.`,
      'Open it: it names the safety copy and the services. Repair them by hand, then remove it. Until then no backup runs.',
      error,
    );
  }
}

/** Writes the journal so that it survives a power loss, in one piece. */
export async function writeJournal(journal: RestoreJournal, checkpoint: Checkpoint): Promise<void> {
  await checkpoint(`before journalling ${journal.step}`);
  await writeDurably(restoreJournalPath(journal.database), `${JSON.stringify(journal, null, 2)}\n`, checkpoint);
  await checkpoint(`journalled ${journal.step}`);
}

export async function removeJournal(database: string, checkpoint: Checkpoint): Promise<void> {
  await checkpoint('before removing the journal');
  removeFile(restoreJournalPath(database));
  syncFolderOf(database);
  await checkpoint('journal removed');
}

/** Ends a restore whose safety copy is there: its journal, out of the way, stays as the record of what made the copy. */
export async function keepAsRecord({ database, stamp }: RestoreJournal, checkpoint: Checkpoint): Promise<void> {
  const copy = safetyCopyPath(database, stamp);
  const [journal, owner] = [restoreJournalPath(database), fileOwner(copy)];
  // Whoever may read the copy may read what made it.
  try {
    if (owner !== null) setFileOwner(journal, { ...owner, mode: owner.mode & 0o666 });
  } catch {}
  await checkpoint('before removing the journal');
  renameSync(journal, restoreRecordPath(copy));
  syncFolderOf(database);
  await checkpoint('journal removed');
}

/** What is recorded of the restore that made a safety copy; null: nothing, or it cannot be read. */
export function readRecord(safetyCopy: string): RestoreJournal | null {
  try {
    return schema.parse(JSON.parse(readFileSync(restoreRecordPath(safetyCopy), 'utf8')));
  } catch {
    return null;
  }
}
