import type { KindName } from '../../archives/backup-kinds.ts';

/** Which backup a person asks for. */
export type BackupSelector =
  | { readonly kind: 'file'; readonly name: string; readonly folder: KindName | null }
  | { readonly kind: 'latest'; readonly folder: KindName | null }
  /** The one that a person picks from the list. */
  | { readonly kind: 'pick' }
  /** The last one taken up to then; local time. */
  | { readonly kind: 'at'; readonly until: Temporal.PlainDateTime; readonly asked: string };

/** What the command is to do. */
export type RestoreAction =
  | { readonly kind: 'resume' }
  | { readonly kind: 'list safety copies' }
  | { readonly kind: 'remove safety copy'; readonly name: string }
  | { readonly kind: 'undo'; readonly name: string | null }
  /** What STATE_DIR held; without a name the newest. */
  | { readonly kind: 'restore state'; readonly name: string | null; readonly replace: boolean }
  | { readonly kind: 'restore'; readonly selector: BackupSelector }
  | { readonly kind: 'write copy'; readonly selector: BackupSelector; readonly to: string }
  | { readonly kind: 'compare'; readonly selector: BackupSelector };

export type FileOwner = { readonly uid: number; readonly gid: number; readonly mode: number };

/** What a person asks of the owner and mode of the file; null: as usual. */
export type OwnerOptions = {
  readonly ids: Pick<FileOwner, 'uid' | 'gid'> | null;
  readonly mode: number | null;
  /** As the current file has them (--keep-owner). */
  readonly keep: boolean;
};

/** The dangers that a person has accepted, each by a flag of its own. */
export type AllowedDangers = {
  /** Somebody has the database open (--ignore-open-files). */
  readonly openFiles: boolean;
  /** It cannot be seen whether something uses the database (--allow-unseen). */
  readonly unseen: boolean;
  /** The database was deleted while a process has it open (--allow-lost-file). */
  readonly lostFile: boolean;
  /** The backup is of another database (--allow-other-database). */
  readonly otherDatabase: boolean;
  /** The backup holds no table, or no row (--allow-empty). */
  readonly empty: boolean;
  /** The safety copy is damaged (--allow-damaged-copy). */
  readonly damagedCopy: boolean;
  /** Names of RESTORE_SERVICES that nothing has (--allow-missing-services). */
  readonly missingServices: boolean;
};

/** How it is to be done. */
export type RestoreOptions = {
  /** Name of the database, when the backup's name does not say it. */
  readonly database: string | null;
  readonly dryRun: boolean;
  /** Answers every question with yes. */
  readonly yes: boolean;
  readonly allow: AllowedDangers;
  readonly identityFile: string | null;
  readonly healthRollback: boolean;
  /** Null: as long as each service's own health check may take. */
  readonly healthTimeoutSeconds: number | null;
  /** How long rows may be compared. */
  readonly compareLimitSeconds: number;
  readonly owner: OwnerOptions;
  /** What was typed after `nightshift`, for sentences that advise to run it elsewhere. */
  readonly commandLine: readonly string[];
  /** Names of services that an unfinished restore leaves off when it rolls back. */
  readonly leaveOff: readonly string[];
  /** Whether the disk must keep room for `--undo`. */
  readonly undoRoom: boolean;
};

/** Rows of some gigabytes, and a wait that a person accepts. */
export const defaultCompareLimit = 120;

/** What the backup container and the services run as. */
export const defaultOwner: FileOwner = { uid: 1000, gid: 1000, mode: 0o644 };

/** A copy elsewhere is for whoever runs the services, and for nobody who reads there. */
export const copyOwner: FileOwner = { ...defaultOwner, mode: 0o600 };

/** Owner and mode of a file that has `usual` unless a person asks for others. */
export function ownerAsked({ ids, mode }: OwnerOptions, usual: FileOwner): FileOwner {
  return { ...usual, ...ids, mode: mode ?? usual.mode };
}

/** The end of what a person wrote as a date (its whole day) or as a local time. Null when it is neither, or in another zone. */
export function parseUntil(text: string): Temporal.PlainDateTime | null {
  // Temporal takes more, and passes over an offset such as +00:00.
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?$/.test(text)) return null;
  try {
    if (!/[T ]/.test(text))
      return Temporal.PlainDate.from(text, { overflow: 'reject' }).add({ days: 1 }).toPlainDateTime();
    const time = Temporal.PlainDateTime.from(text.replace(' ', 'T'), { overflow: 'reject' });
    return time.add(text.split(':').length === 3 ? { seconds: 1 } : { minutes: 1 });
  } catch {
    return null;
  }
}
