import { existsSync } from 'node:fs';
import path from 'node:path';
import { requireFreeSpace } from '../../backup/snapshot/disk-space.ts';
import type { Source } from '../choice/source.ts';
import { type Affected, findAffected, refuseStrangers } from '../services/affected.ts';
import type { Engine } from '../services/engine.ts';
import { spareBytes } from '../staging/unpack.ts';
import { freeStamp, parts, rejectedPath, safetyCopyPath } from '../switch/names.ts';
import type { Side } from './comparison.ts';
import { lookAtCurrent, readCurrent } from './current.ts';

/** What is there now and what a restore meets, found without changing anything. */
export type Survey = Affected & {
  /** Stamp for the names of what is put aside. */
  readonly stamp: string;
  /** Endings of the current file and its sidecars that are there. */
  readonly oldFiles: readonly string[];
  readonly remarks: readonly string[];
};

type Parts = {
  readonly engine: Engine;
  readonly wanted: readonly string[];
  readonly force: boolean;
  /** Local time. */
  readonly at: Temporal.PlainDateTime;
};

/**
 * Looks at all that could keep a restore from succeeding, before anything is downloaded or stopped. Throws DOCKER_UNREACHABLE,
 * SERVICE_UNSTOPPABLE, DATABASE_IN_USE or DISK_FULL.
 */
export async function survey(database: string, source: Source, { engine, wanted, force, at }: Parts): Promise<Survey> {
  const affected = await findAffected(database, wanted, engine);
  const remarks = refuseStrangers(database, affected.containers, force);
  const cure = 'Free space there and run restore again; nothing was stopped or changed.';
  const purpose = 'a restore beside the current database';
  await requireFreeSpace(path.dirname(database), source.leastBytes + spareBytes, purpose, cure);
  const isTaken = (stamp: string) =>
    [safetyCopyPath, rejectedPath].some((name) => parts.some((part) => existsSync(name(database, stamp) + part)));
  return {
    ...affected,
    stamp: freeStamp(at, isTaken),
    oldFiles: parts.toReversed().filter((part) => existsSync(database + part)),
    remarks,
  };
}

/** The current database as one side of the comparison, null when there is none, and what could not be read of it. */
export type CurrentSide = { readonly side: Side | null; readonly remarks: readonly string[] };

/** Reads what the current database holds. */
export async function currentSide(database: string, signal: AbortSignal): Promise<CurrentSide> {
  const current = lookAtCurrent(database);
  if (current === null) return { side: null, remarks: [] };
  const answer = await readCurrent(database, signal);
  const { bytes, changedAt } = current;
  if ('character' in answer) return { side: { bytes, changedAt, character: answer.character }, remarks: [] };
  return {
    side: { bytes, changedAt, character: null },
    remarks: [`what the current file holds cannot be compared: ${answer.problem}`],
  };
}
