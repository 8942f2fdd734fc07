import type { Failure } from '../../runtime/errors.ts';

export type Outcome = 'running' | 'succeeded' | 'failed' | 'interrupted';

/** `verified`: the stored bytes were read back to the checked snapshot. `checksum-only`: encrypted, this host cannot read them; their hash was compared. */
export type Verification = 'verified' | 'checksum-only';

/** When an object was last read back, and what came of it. */
export type LastVerification = { readonly result: Verification | 'failed'; readonly at: Temporal.Instant };

/** A stored backup that did not verify when it was last read back. */
export type DamagedBackup = { readonly key: string; readonly message: string; readonly at: Temporal.Instant };

/** Each STATE_DIR is one instance of nightshift, with a random id: what tells two hosts apart that share a store. */
export type KnownInstances = {
  /** Null: STATE_DIR cannot be read, or no run was made with it yet. */
  readonly own: string | null;
  /** Instances that a person said this one replaced, and when. */
  readonly replaced: ReadonlyMap<string, Temporal.Instant>;
};

export const noInstances: KnownInstances = { own: null, replaced: new Map() };

/** An old backup that was to be verified by itself and could not be; it is no damaged one. */
export type UnverifiedBackup = { readonly key: string; readonly problem: string; readonly at: Temporal.Instant };

/** What came of the last old backup that was verified by itself: `key` is null when it did not come to one, for `problem`. */
export type RoutineVerification = {
  readonly at: Temporal.Instant;
  readonly key: string | null;
  readonly problem: string | null;
  /** Those that could not be verified when it was last tried, the latest last. */
  readonly unverified: readonly UnverifiedBackup[];
};

/** What came of the last backup of STATE_DIR itself. `problem`: what of it could not be stored, and why. */
export type StateBackup = {
  readonly at: Temporal.Instant;
  readonly key: string | null;
  readonly problem: string | null;
};

/** What the store held of one database, by the rung that keeps it, when a run last listed it and had pruned. */
export type StoreListing = {
  readonly at: Temporal.Instant;
  readonly rungs: readonly { readonly rung: string; readonly backups: number; readonly bytes: number }[];
};

/** One run of a job on one database. Sizes in bytes. */
export type Run = {
  readonly id: number;
  readonly job: 'backup' | 'restore';
  readonly database: string;
  readonly startedAt: Temporal.Instant;
  readonly finishedAt: Temporal.Instant | null;
  readonly outcome: Outcome;
  /** The step under way, or the last one. */
  readonly step: string;
  /** Object that the run stored, or began to store. */
  readonly key: string | null;
  /** Of that object; null until it was read back. */
  readonly verification: Verification | null;
  readonly snapshotBytes: number | null;
  readonly archiveBytes: number | null;
  readonly rows: number | null;
  readonly suspect: string | null;
  /** What went wrong: of a failed run, or of the housekeeping after a good backup. */
  readonly code: string | null;
  readonly message: string | null;
};

export type RunDetails = Partial<
  Pick<Run, 'key' | 'snapshotBytes' | 'archiveBytes' | 'rows' | 'suspect' | 'code' | 'message'>
>;

/** A stored backup that looks as if data was lost, and that nobody accepted and no later backup disproved. */
export type OpenSuspect = { readonly key: string; readonly reason: string };

/**
 * What happened, in `STATE_DIR/history.db`. The file is in rollback mode, so that a read-only mount can read it. Methods
 * are synchronous and short; they throw STATE_UNWRITABLE, and HISTORY_DAMAGED when a page of the file is no longer sound.
 */
export type History = {
  startRun(job: Run['job'], database: string, at: Temporal.Instant): number;
  setStep(id: number, step: string): void;
  updateRun(id: number, details: RunDetails): void;
  finishRun(id: number, outcome: Exclude<Outcome, 'running'>, at: Temporal.Instant, details?: RunDetails): void;
  /** Marks runs other than `id` that a dead process left as running. The caller holds the database's lock. */
  closeInterrupted(id: number, database: string, at: Temporal.Instant): void;
  /** Newest first. */
  runs(job: Run['job'], database: string, limit: number): Run[];
  /** The newest run whose object was read back and is no suspect, or was accepted. */
  newestGood(database: string): Run | null;
  /** Keys a run began to store and that were neither read back nor removed. */
  unverifiedKeys(database: string): string[];
  /** Records that an object was read back. */
  recordVerification(key: string, verification: Verification, at: Temporal.Instant): void;
  verifications(): ReadonlyMap<string, Verification>;
  /** Of every object that is known to have been read back, by its key. */
  lastVerifications(): ReadonlyMap<string, LastVerification>;
  /** Records that an object does not verify: what was recorded of it before is true no longer. */
  recordDamage(database: string, damaged: Omit<DamagedBackup, 'at'>, at: Temporal.Instant): void;
  /** Those that did not verify when they were last read back, oldest first. */
  damagedBackups(database: string): DamagedBackup[];
  /** The same, of all that belong to none of these databases. */
  damagedOfOthers(databases: readonly string[]): DamagedBackup[];
  recordRoutineVerification(database: string, verified: RoutineVerification): void;
  /** Null: none was tried yet. */
  routineVerification(database: string): RoutineVerification | null;
  recordStateBackup(stored: StateBackup): void;
  /** Null: none was tried yet. */
  stateBackup(): StateBackup | null;
  recordListing(database: string, listing: StoreListing): void;
  /** Null: no run recorded one yet. */
  listing(database: string): StoreListing | null;
  /** Forgets all that is known of a key: its object is gone, or about to be replaced by a new one. */
  forgetKey(key: string): void;
  counts(database: string): Record<Outcome, number>;
  recordAcceptance(key: string, at: Temporal.Instant): void;
  acceptedKeys(): ReadonlySet<string>;
  /** Records that a later backup has the rows again that this suspect lacks. */
  recordDisproof(key: string, at: Temporal.Instant): void;
  /** Records a suspect that the store holds, of another host or from before the history was lost. */
  recordSuspect(database: string, suspect: OpenSuspect, takenAt: Temporal.Instant): void;
  /** Oldest first. */
  openSuspects(database: string): OpenSuspect[];
  /** Adds a run that its own process could not write down, or completes its row. */
  recordRun(run: Run): void;
  /** What the alerts remember, as they wrote it; null at first. */
  alertState(): string | null;
  saveAlertState(text: string): void;
  /** The id of the store that backups to this location go to, or null: none is known. */
  storeId(location: string): string | null;
  recordStore(location: string, id: string, at: Temporal.Instant): void;
  /** Since when that store is taken for the right one; null when none is known. */
  storeSince(location: string): Temporal.Instant | null;
  instances(): KnownInstances;
  /** Records that this instance took the place of another: what that one took until then is this one's. */
  recordReplacedInstance(id: string, at: Temporal.Instant): void;
  /** Throws STATE_UNWRITABLE when nothing could be recorded; records nothing. */
  requireWritable(): void;
  /** Remembers when a backup was first begun with this state folder. */
  recordFirstStart(at: Temporal.Instant): void;
  firstStart(): Temporal.Instant | null;
  /** All of it in memory, as it is now. */
  copyToMemory(): History;
  close(): void;
};

/** What can be read of a history that another process writes. */
export type ReadOnlyHistory = Pick<
  History,
  | 'runs'
  | 'newestGood'
  | 'verifications'
  | 'lastVerifications'
  | 'damagedBackups'
  | 'damagedOfOthers'
  | 'routineVerification'
  | 'stateBackup'
  | 'listing'
  | 'counts'
  | 'openSuspects'
  | 'alertState'
  | 'storeId'
  | 'instances'
  | 'firstStart'
  | 'close'
>;

/** A history to read, or why there is none: HISTORY_MISSING, HISTORY_DAMAGED or HISTORY_UNREADABLE. */
export type HistoryReading =
  | { readonly history: ReadOnlyHistory; readonly failure: null }
  | { readonly history: null; readonly failure: Failure };
