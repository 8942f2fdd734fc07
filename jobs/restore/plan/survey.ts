import { existsSync } from 'node:fs';
import path from 'node:path';
import { requireFreeSpace } from '../../sqlite/snapshot/disk-space.ts';
import type { RestoreSource } from '../choice/restore-source.ts';
import { type SafetyCopy, safetyCopies } from '../choice/safety-copies.ts';
import { fileIdentity } from '../files/database-files.ts';
import { fileState } from '../files/file-state.ts';
import { databaseParts, freeStamp, rejectedPath, safetyCopyPath } from '../files/names.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import { type AffectedServices, findAffectedServices } from '../services/affected-services.ts';
import type { ServiceManager } from '../services/service-manager.ts';
import { readCurrentFingerprint, statCurrentDatabase } from '../staging/current-database.ts';
import { spareBytes } from '../staging/undo-room.ts';
import { assertNotInUse, type DatabaseUsers, findDatabaseUsers, openRemarks } from '../usage/database-users.ts';
import { type DeletedFileHolder, deletedDatabaseFailure, findDeletedDatabase } from '../usage/deleted-database.ts';
import { type HostEnvironment, isContainerPrivate } from '../usage/host-environment.ts';
import { inodeKey } from '../usage/open-file-holders.ts';
import { isUnseenAllowed, unseenFailure } from '../usage/unseen-use.ts';
import { dockerNotQueried, gapsText, isUnseen, type Visibility } from '../usage/visibility.ts';
import type { ComparedDatabase } from './comparison.ts';
import { folderOwnerRemarks } from './folder-permissions.ts';
import { otherNamesRemarks } from './other-names.ts';
import { targetOwner } from './owner-change.ts';
import { type WrittenSince, writtenSince } from './written-since.ts';

/** What is there now and what a restore meets, found without changing anything. */
export type Survey = AffectedServices & {
  /** Stamp for the names of what is put aside. */
  readonly stamp: string;
  /** Endings of the current file and its sidecars that are there. */
  readonly oldFiles: readonly string[];
  readonly databaseInode: string | null;
  readonly users: DatabaseUsers;
  /** Who has the deleted database open. */
  readonly lostFile: readonly DeletedFileHolder[];
  readonly remarks: readonly string[];
};

type SurveyOptions = {
  readonly services: ServiceManager;
  readonly wanted: readonly string[];
  readonly options: RestoreOptions;
  /** Local time. */
  readonly at: Temporal.PlainDateTime;
  readonly signal: AbortSignal;
};

/**
 * Looks at all that could keep a restore from succeeding, before anything is downloaded or stopped. Throws DOCKER_UNREACHABLE,
 * SETTINGS_INVALID, SERVICE_UNSTOPPABLE, DATABASE_IN_USE, DATABASE_USE_UNSEEN, DATABASE_LOST_OPEN or DISK_FULL.
 */
export async function survey(
  database: string,
  source: RestoreSource,
  { services, wanted, options, at, signal }: SurveyOptions,
): Promise<Survey> {
  const { missingServices } = options.allow;
  const affected = await findAffectedServices(
    database,
    { names: wanted, mayBeMissing: missingServices },
    services,
    signal,
  );
  const lostFile = findDeletedDatabase(database);
  const isLost = lostFile.length > 0 && !options.allow.lostFile;
  if (isLost && options.yes && !options.dryRun) throw deletedDatabaseFailure(database, lostFile);
  const users = await findDatabaseUsers(database, affected, affected.host);
  const isUseUnseen = isUnseen(users.visibility) && !isUnseenAllowed(options.allow, affected.host);
  // Then the kernel's word is part of the refusal, or of the question.
  const asked: DatabaseUsers = isUseUnseen ? { ...users, use: 'unknown' } : users;
  // Stopping the process would lose the file: the plan asks about it instead.
  if (!options.allow.openFiles && !isLost) assertNotInUse(database, asked, affected.possibleHolders);
  if (isUseUnseen) refuseUnseen(database, users, affected.host, options);
  const hint = 'Free space there and run restore again; nothing was stopped or changed.';
  const purpose = 'a restore beside the current database';
  await requireFreeSpace(path.dirname(database), source.leastBytes + spareBytes, purpose, hint);
  const isTaken = (stamp: string) =>
    [safetyCopyPath, rejectedPath].some((name) =>
      databaseParts.some((part) => existsSync(name(database, stamp) + part)),
    );
  return {
    ...affected,
    stamp: freeStamp(at, isTaken),
    oldFiles: databaseParts.toReversed().filter((part) => existsSync(database + part)),
    databaseInode: inodeKey(database),
    users,
    lostFile,
    remarks: [
      ...(existsSync(database)
        ? []
        : folderOwnerRemarks(path.dirname(database), targetOwner(source, database, options.owner))),
      ...otherNamesRemarks(database),
      ...openRemarks(asked, affected.possibleHolders, options.allow.openFiles),
      ...visibilityRemarks(users.visibility),
      ...(affected.dockerGap === dockerNotQueried && !affected.host.inContainer
        ? []
        : unseenContainers(users.visibility, affected.host)),
    ],
  };
}

/** A dry run only shows it; on a host a person in a terminal is asked; in a container there is a better place to run. */
function refuseUnseen(database: string, users: DatabaseUsers, host: HostEnvironment, options: RestoreOptions): void {
  if (options.dryRun || !(options.yes || host.inContainer)) return;
  throw unseenFailure(database, users, host, options.commandLine);
}

/** One that opens the database only now and then is no process that has it open. */
function unseenContainers(visibility: Visibility, host: HostEnvironment): string[] {
  if (!visibility.processes || visibility.containers || isContainerPrivate(host)) return [];
  return [
    `only processes were checked, not containers: ${gapsText(visibility)}. A container that opens the database only now and then is not seen, and not stopped.`,
  ];
}

function visibilityRemarks(visibility: Visibility): string[] {
  if (visibility.processes || !visibility.containers) return [];
  return [`only containers were checked: ${gapsText(visibility)}.`];
}

/** The current database as one side of the comparison, null when there is none, and what could not be read of it. */
export type CurrentState = {
  readonly side: ComparedDatabase | null;
  readonly written: WrittenSince;
  /** What restores put aside, newest first. */
  readonly copies: readonly SafetyCopy[];
  readonly remarks: readonly string[];
};

/** Reads what the current database holds. */
export async function readCurrentState(database: string, signal: AbortSignal): Promise<CurrentState> {
  const current = statCurrentDatabase(database);
  const copies = safetyCopies(database);
  if (current === null) return { side: null, written: { kind: 'not known' }, copies, remarks: [] };
  const records = copies.flatMap(({ record }) => record ?? []);
  const written = writtenSince({ ...fileIdentity(database), state: fileState(database) }, records);
  const answer = await readCurrentFingerprint(database, signal);
  const { bytes, changedAt } = current;
  if ('fingerprint' in answer)
    return { side: { bytes, changedAt, fingerprint: answer.fingerprint }, written, copies, remarks: [] };
  return {
    side: { bytes, changedAt, fingerprint: null },
    written,
    copies,
    remarks: [`the contents of the current file cannot be compared: ${answer.problem}`],
  };
}
