import { formatDuration } from '../../runtime/format.ts';
import type { Database } from '../../settings/databases.ts';
import type { RestoreSource } from '../choice/restore-source.ts';
import { safetyCopyPath } from '../files/names.ts';
import type { RestoreOptions } from '../options/restore-options.ts';
import type { ServiceSelection } from '../services/service-manager.ts';
import type { StagedFile } from '../staging/verified-file.ts';
import { deletedDatabaseHint, deletedDatabaseMessage, rescueCommands } from '../usage/deleted-database.ts';
import { isUnseenAllowed, unseenHint, unseenMessage } from '../usage/unseen-use.ts';
import { isUnseen, type Visibility } from '../usage/visibility.ts';
import { type ComparedDatabase, compareFingerprints, type DatabaseComparison, uncountedIn } from './comparison.ts';
import { type Danger, dangersOf, warningsOf } from './dangers.ts';
import { attributeRemarks, type OwnerChange } from './owner-change.ts';
import type { CurrentState, Survey } from './survey.ts';

/** All that a restore is going to do, before anything stops. */
export type RestorePlan = {
  readonly source: {
    readonly label: string;
    readonly from: string;
    readonly takenAt: Temporal.Instant | null;
    /** How it was verified; null when that is still to come. */
    readonly verifiedBy: string | null;
  };
  readonly database: string;
  /** Null: there is none. */
  readonly databaseInode: string | null;
  /** Files that move with the old database, the file itself last; empty when there is none. */
  readonly oldFiles: readonly string[];
  readonly safetyCopy: string;
  /** The safety copy that takes the place, all there are, and what is undone; null: it is a backup that is restored. */
  readonly undo: (Pick<CurrentState, 'copies' | 'written'> & { readonly taken: string }) | null;
  readonly ownership: OwnerChange;
  readonly services: ServiceSelection;
  readonly visibility: Visibility;
  readonly healthRollback: boolean;
  readonly healthTimeoutSeconds: number | null;
  /** Null: there is no current file. */
  readonly now: ComparedDatabase | null;
  readonly backup: ComparedDatabase;
  readonly comparison: DatabaseComparison;
  /** What loses rows, or could: shown in bold. */
  readonly warnings: readonly string[];
  readonly remarks: readonly string[];
  /** What is asked about, or refused with --yes. */
  readonly dangers: readonly Danger[];
};

/** Puts the plan together. `staged` is null for a dry run: then what metadata tells is all there is. */
export function planOf(
  source: RestoreSource,
  database: Database,
  { healthRollback, healthTimeoutSeconds, allow, commandLine }: RestoreOptions,
  found: Survey,
  current: CurrentState & { readonly ownership: OwnerChange },
  staged: StagedFile | null,
): RestorePlan {
  const { label, from, takenAt, safetyCopy } = source;
  const fingerprint = staged === null ? source.fingerprint : staged.fingerprint;
  const comparison = compareFingerprints(current.side?.fingerprint ?? null, fingerprint);
  const facts = { label, comparison, backup: fingerprint };
  const uncounted = uncountedIn(current.side?.fingerprint ?? null, fingerprint);
  const uncountedRemark =
    uncounted.length === 0
      ? []
      : [`not counted, because an extension or collation is missing: ${uncounted.join(', ')}`];
  const unseen = isUnseen(found.users.visibility) ? unseenDanger(database.path, found, commandLine) : null;
  const lost = lostDanger(database.path, found);
  return {
    source: { label, from, takenAt, verifiedBy: staged?.verifiedBy ?? null },
    database: database.path,
    databaseInode: found.databaseInode,
    oldFiles: found.oldFiles,
    safetyCopy: safetyCopyPath(database.path, found.stamp),
    undo: safetyCopy === null ? null : { taken: safetyCopy.path, copies: current.copies, written: current.written },
    ownership: current.ownership,
    services: found.services,
    visibility: found.users.visibility,
    healthRollback,
    healthTimeoutSeconds,
    now: current.side,
    backup: { bytes: staged?.bytes ?? source.bytes, changedAt: source.changedAt, fingerprint },
    comparison,
    warnings: [
      ...(lost === null ? [] : [lost.question]),
      ...warningsOf(facts),
      ...(unseen === null ? [] : [unseen.question]),
    ],
    remarks: [
      ...source.remarks,
      ...found.remarks,
      ...current.remarks,
      ...attributeRemarks(current.ownership),
      ...comparison.differences,
      ...uncountedRemark,
    ],
    dangers: [
      ...(lost === null || allow.lostFile ? [] : [lost]),
      ...(unseen === null || isUnseenAllowed(allow, found.host) ? [] : [unseen]),
      ...dangersOf(facts, allow),
    ],
  };
}

/** What the services' own time adds to the swap, in words. */
export function downtimeMessage({ services, visibility }: Pick<RestorePlan, 'services' | 'visibility'>): string {
  const stopped = services.stop.map(({ service }) => service);
  if (stopped.length === 0) {
    if (isUnseen(visibility))
      return 'not known: it cannot be determined from here what uses the database, and nothing is stopped';
    if (!visibility.processes) return 'none for containers: no running one can write to the database';
    return 'none: no service is stopped, the files move within a moment';
  }
  const most = Math.max(...stopped.map(({ stopTimeoutSeconds }) => stopTimeoutSeconds));
  return `under 1 s, plus the time the services take to stop (at most ${formatDuration(most)}) and to start`;
}

/** What happens when a service is unhealthy afterwards, in words. */
export function healthMessage({ services, healthRollback, healthTimeoutSeconds }: RestorePlan): string | null {
  if (services.stop.length === 0) return null;
  const limit = healthTimeoutSeconds === null ? 'as long as each one needs' : formatDuration(healthTimeoutSeconds);
  const otherwise = healthRollback ? 'else everything is rolled back' : 'else that is reported (--no-health-rollback)';
  return `wait for their health checks (${limit}), ${otherwise}`;
}

function unseenDanger(database: string, { users, host }: Survey, commandLine: readonly string[]): Danger {
  const message = unseenMessage(database, users.visibility, users.use);
  const hint = unseenHint(users, host, commandLine);
  return { refusal: { code: 'DATABASE_USE_UNSEEN', message, hint }, question: message };
}

function lostDanger(database: string, { lostFile }: Survey): Danger | null {
  if (lostFile.length === 0) return null;
  const message = deletedDatabaseMessage(database, lostFile);
  const commands = rescueCommands(database, lostFile).join('\n  ');
  return {
    refusal: { code: 'DATABASE_LOST_OPEN', message, hint: deletedDatabaseHint(database, lostFile) },
    question: `${message} Copy it out first:\n  ${commands}`,
  };
}
