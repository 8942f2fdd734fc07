import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { Failure } from '../../runtime/errors.ts';
import type { Database } from '../../settings/settings.ts';
import { restoreJournalPath } from '../../sqlite/lock/lock-state.ts';
import type { Choices } from '../choice/request.ts';
import type { Source } from '../choice/source.ts';
import type { Survey } from '../plan/survey.ts';
import { revivedStates } from '../services/revive.ts';
import { gapsText, isUnseen } from '../services/sight.ts';
import type { Staged } from '../staging/verified.ts';
import type { Checkpoint } from './checkpoint.ts';
import { removeFile, syncFolderOf, writeDurably } from './durable.ts';
import { type Step, steps } from './steps.ts';

const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

const container = z.object({
  kind: z.literal('container'),
  id: z.string(),
  name: z.string(),
  restartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number() }),
  stopTimeoutSeconds: z.number(),
  healthSeconds: z.number().nullable(),
});
const swarm = z.object({
  kind: z.literal('swarm'),
  id: z.string(),
  name: z.string(),
  replicas: z.number(),
  stopTimeoutSeconds: z.number(),
  healthSeconds: z.number().nullable(),
});

const schema = z.object({
  version: z.literal(1),
  step: z.enum(Object.keys(steps) as [Step, ...Step[]]),
  database: z.string(),
  /** What is restored, for people: an object's key, or a safety copy's path. */
  source: z.string(),
  sourceTakenAt: instant.nullable(),
  startedAt: instant,
  staged: z.object({ inode: z.string(), bytes: z.number() }),
  tables: z.record(z.string(), z.number()).nullable(),
  /** Stamp in the names of the safety copy and of a rejected file. */
  stamp: z.string(),
  services: z.array(z.discriminatedUnion('kind', [container, swarm])),
  healthRollback: z.boolean(),
  /** Null: each service's own health check decides how long. */
  healthTimeoutSeconds: z.number().nullable(),
  downAt: instant.nullable(),
  upAt: instant.nullable(),
  /** Services may have written into the restored file. */
  servedRestored: z.boolean(),
  /** Why it goes back to the old database; or what is not well when it stays. */
  problem: z.string().nullable(),
  /** Ids of containers that were in a crash loop before. */
  crashingBefore: z.array(z.string()).default([]),
  /** Names of services that were unhealthy or in a crash loop before. */
  unhealthyBefore: z.array(z.string()).default([]),
  /** Names of services that were not healthy on the restored database. */
  unwell: z.array(z.string()).default([]),
  /** Names of services that did not start on the restored database. */
  notStarted: z.array(z.string()).default([]),
  /** How services do on the old database; null unless they were started on it. */
  revived: z
    .array(z.object({ name: z.string(), state: z.enum(revivedStates), reason: z.string() }))
    .nullable()
    .default(null),
  /** Why it was not seen whether something used the database, when a person allowed that; null: it was seen. */
  unseen: z.string().nullable().default(null),
});

/** A restore under way: all that is needed to finish it or to take it back. Times are UTC instants in ISO 8601. */
export type Journal = z.infer<typeof schema>;

type Found = {
  readonly stamp: Survey['stamp'];
  readonly services: Pick<Survey['services'], 'stop'>;
  readonly users: Pick<Survey['users'], 'sight'>;
  readonly crashingBefore: Journal['crashingBefore'];
  readonly unhealthyBefore: Journal['unhealthyBefore'];
};

/** The journal of a restore that is about to stop services. */
export function newJournal(
  source: Pick<Source, 'label' | 'takenAt'>,
  database: Pick<Database, 'path'>,
  { healthRollback, healthTimeoutSeconds }: Pick<Choices, 'healthRollback' | 'healthTimeoutSeconds'>,
  { stamp, services, users, crashingBefore, unhealthyBefore }: Found,
  { inode, bytes, character }: Pick<Staged, 'inode' | 'bytes' | 'character'>,
  startedAt: Temporal.Instant,
): Journal {
  return {
    version: 1,
    step: 'stopping',
    database: database.path,
    source: source.label,
    sourceTakenAt: source.takenAt?.toString() ?? null,
    startedAt: String(startedAt),
    staged: { inode, bytes },
    tables: character?.tables ?? null,
    stamp,
    services: services.stop.map(({ service }) => service),
    healthRollback,
    healthTimeoutSeconds,
    downAt: null,
    upAt: null,
    servedRestored: false,
    problem: null,
    crashingBefore,
    unhealthyBefore,
    unwell: [],
    notStarted: [],
    revived: null,
    unseen: isUnseen(users.sight) ? gapsText(users.sight) : null,
  };
}

/** The unfinished restore of a database, or null. Throws RESTORE_UNFINISHED when the journal cannot be read. */
export function readJournal(database: string): Journal | null {
  const file = restoreJournalPath(database);
  if (!existsSync(file)) return null;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Failure(
      'RESTORE_UNFINISHED',
      `${file} says that a restore is unfinished, but it cannot be read.`,
      'Look into it: it names the safety copy and the services. Put them right by hand, then remove it. Until then no backup runs.',
      error,
    );
  }
}

/** Writes the journal so that it survives a power loss, in one piece. */
export async function writeJournal(journal: Journal, checkpoint: Checkpoint): Promise<void> {
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
