import { existsSync } from 'node:fs';
import path from 'node:path';
import { requireFreeSpace } from '../../sqlite/snapshot/disk-space.ts';
import type { Choices } from '../choice/request.ts';
import type { Source } from '../choice/source.ts';
import { type Affected, findAffected } from '../services/affected.ts';
import type { Engine } from '../services/engine.ts';
import { findLostFile, type LostFileHolder, lostFileFailure } from '../services/lost-file.ts';
import { noEngine } from '../services/no-engine.ts';
import { gapsText, isUnseen, type Sight } from '../services/sight.ts';
import { isPrivate, type Surroundings } from '../services/surroundings.ts';
import { mayGoUnseen, unseenFailure } from '../services/unseen.ts';
import { findUsers, openRemarks, refuseUsers, type Users } from '../services/users.ts';
import { spareBytes } from '../staging/undo-room.ts';
import { freeStamp, parts, rejectedPath, safetyCopyPath } from '../switch/names.ts';
import type { Side } from './comparison.ts';
import { lookAtCurrent, readCurrent } from './current.ts';
import { folderOwnerRemarks } from './folder-owner.ts';

/** What is there now and what a restore meets, found without changing anything. */
export type Survey = Affected & {
  /** Stamp for the names of what is put aside. */
  readonly stamp: string;
  /** Endings of the current file and its sidecars that are there. */
  readonly oldFiles: readonly string[];
  readonly users: Users;
  /** Who has the deleted database open. */
  readonly lostFile: readonly LostFileHolder[];
  readonly remarks: readonly string[];
};

type Parts = {
  readonly engine: Engine;
  readonly wanted: readonly string[];
  readonly choices: Choices;
  /** Local time. */
  readonly at: Temporal.PlainDateTime;
};

/**
 * Looks at all that could keep a restore from succeeding, before anything is downloaded or stopped. Throws DOCKER_UNREACHABLE,
 * SERVICE_UNSTOPPABLE, DATABASE_IN_USE, DATABASE_USE_UNSEEN, DATABASE_LOST_OPEN or DISK_FULL.
 */
export async function survey(
  database: string,
  source: Source,
  { engine, wanted, choices, at }: Parts,
): Promise<Survey> {
  const affected = await findAffected(database, wanted, engine);
  const lostFile = findLostFile(database);
  const isLost = lostFile.length > 0 && !choices.allow.lostFile;
  if (isLost && choices.yes && !choices.dryRun) throw lostFileFailure(database, lostFile);
  const users = await findUsers(database, affected, affected.around);
  const blindly = isUnseen(users.sight) && !mayGoUnseen(choices.allow, affected.around);
  // Then the kernel's word is part of the refusal, or of the question.
  const asked: Users = blindly ? { ...users, use: 'unknown' } : users;
  // Who is told to stop the process would lose the file: the plan asks about it instead.
  if (!choices.allow.openFiles && !isLost) refuseUsers(database, asked, affected.suspects);
  if (blindly) refuseUnseen(database, users, affected.around, choices);
  const hint = 'Free space there and run restore again; nothing was stopped or changed.';
  const purpose = 'a restore beside the current database';
  await requireFreeSpace(path.dirname(database), source.leastBytes + spareBytes, purpose, hint);
  const isTaken = (stamp: string) =>
    [safetyCopyPath, rejectedPath].some((name) => parts.some((part) => existsSync(name(database, stamp) + part)));
  return {
    ...affected,
    stamp: freeStamp(at, isTaken),
    oldFiles: parts.toReversed().filter((part) => existsSync(database + part)),
    users,
    lostFile,
    remarks: [
      ...(existsSync(database) ? [] : folderOwnerRemarks(path.dirname(database), choices.owner)),
      ...openRemarks(asked, affected.suspects, choices.allow.openFiles),
      ...partialSight(users.sight),
      ...(engine === noEngine && !affected.around.inContainer ? [] : unseenContainers(users.sight, affected.around)),
    ],
  };
}

/** A dry run only shows it; on a host a person in a terminal is asked; in a container there is a better place to run. */
function refuseUnseen(database: string, users: Users, around: Surroundings, choices: Choices): void {
  if (choices.dryRun || !(choices.yes || around.inContainer)) return;
  throw unseenFailure(database, users, around, choices.words);
}

/** One that opens the database only now and then is no process that has it open. */
function unseenContainers(sight: Sight, around: Surroundings): string[] {
  if (!sight.processes || sight.containers || isPrivate(around)) return [];
  return [
    `only processes were looked at, not containers: ${gapsText(sight)}. One that opens the database only now and then is not seen, and not stopped.`,
  ];
}

function partialSight(sight: Sight): string[] {
  if (sight.processes || !sight.containers) return [];
  return [`only containers were looked at: ${gapsText(sight)}.`];
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
