import { type BackupDate, isDatedAfter } from '../../archives/backup-date.ts';
import type { AgeIdentity } from '../../archives/format/encryption.ts';
import { isOfAnotherHost, otherHostName } from '../../archives/instances.ts';
import type { SuspectStatus } from '../../archives/stored-backups.ts';
import type { KnownInstances } from '../../monitoring/history/history.ts';
import { type Clock, localTimestamp } from '../../runtime/clock.ts';
import { plural } from '../../runtime/format.ts';
import { listFindings } from '../../sqlite/integrity/findings.ts';
import type { ObjectStore } from '../../store/store.ts';
import type { JournalMode } from '../files/journal-mode.ts';
import { stageBackup, type TargetOwner } from '../staging/stage.ts';
import type { StageDeps } from '../staging/stage-deps.ts';
import { type DatabaseFingerprint, fingerprintOfFacts, type StagedFile } from '../staging/verified-file.ts';
import type { ChosenBackup } from './choose-backup.ts';

/** Something that can take the database's place. */
export type RestoreSource = {
  /** An object's key, or the path of a safety copy. */
  readonly label: string;
  /** Where it is, for people. */
  readonly from: string;
  readonly takenAt: Temporal.Instant | null;
  /** When its data last changed; null: not known, as for every backup. */
  readonly changedAt: Temporal.Instant | null;
  /** Of the plain database; null: not known before it is unpacked. */
  readonly bytes: number | null;
  /** What its staging needs on the disk, at least. */
  readonly leastBytes: number;
  /** What it holds, as far as that is known before it is staged. */
  readonly fingerprint: DatabaseFingerprint | null;
  readonly remarks: readonly string[];
  /** The safety copy that it is; null: it is a backup. */
  readonly safetyCopy: { readonly path: string; readonly isMoved: boolean } | null;
  /** By the store's own clock where it has one: ages are counted by it. */
  now(): Temporal.Instant;
  /** Brings a verified copy to `file`. Throws when it is not a good database. */
  stage(file: string, owner: TargetOwner, deps: StageDeps): Promise<StagedFile>;
};

type BackupSourceDeps = {
  readonly store: ObjectStore;
  readonly identity: AgeIdentity | null;
  readonly clock: Clock;
  /** IANA zone for the times in remarks. */
  readonly zone: string;
  readonly instances: KnownInstances;
};

export function backupSource(
  chosen: ChosenBackup,
  { store, identity, clock, zone, instances }: BackupSourceDeps,
): RestoreSource {
  const { key, facts, isChanged, details, date, suspectStatus, database, madeFrom, choiceRemarks } = chosen;
  const takenAt = date.kind === 'dated' ? date.takenAt : null;
  const journalMode: JournalMode | null = facts?.journalMode ?? null;
  const isOfAnotherDatabase = madeFrom !== null && madeFrom !== database.name;
  return {
    label: key,
    from: store.name,
    takenAt,
    changedAt: null,
    bytes: facts?.snapshotBytes ?? null,
    leastBytes: facts?.snapshotBytes ?? chosen.bytes,
    fingerprint: fingerprintOfFacts(facts),
    remarks: [
      ...choiceRemarks,
      ...(identity === null && key.endsWith('.age')
        ? ['it is encrypted and no key was given: it will be refused without --identity']
        : []),
      ...hostRemarks(facts, instances),
      ...dateRemarks(date, chosen.modified, zone),
      ...(isChanged ? ['it changed since nightshift stored it: what was known of it is not used'] : []),
      ...(suspectStatus === null ? [] : [suspectRemark(suspectStatus, facts?.suspect ?? '')]),
      ...(facts === null || facts.findings === 0 ? [] : [findingsRemark(facts.findings, details?.findings ?? [])]),
      ...(isOfAnotherDatabase
        ? [`its name says that it is a backup of ${madeFrom}, and it replaces ${database.name}`]
        : []),
    ],
    safetyCopy: null,
    now: () => store.now(clock),
    stage: (file, owner, deps) => stageBackup(chosen, store, identity, { file, owner, journalMode }, deps),
  };
}

/** Whose backup it is, unless it is this host's own, or nothing says it. */
function hostRemarks(facts: ChosenBackup['facts'], instances: KnownInstances): string[] {
  if (isOfAnotherHost(facts, instances))
    return [`${otherHostName(facts)} took it: BACKUP_PREFIX is shared, or this host took the place of that one`];
  return instances.own === null && facts !== null && facts.host !== null
    ? [`it was taken on ${facts.host}; whether that was with this STATE_DIR is not known, since that has no history`]
    : [];
}

function dateRemarks(date: BackupDate, modified: Temporal.Instant, zone: string): string[] {
  const stored = `it was stored ${localTimestamp(modified, zone)}`;
  if (date.kind === 'dated')
    return isDatedAfter(date.takenAt, modified) ? [`a clock was wrong: it is dated later, and ${stored}`] : [];
  if (date.kind === 'undated') return [`nothing says when it was taken; ${stored}`];
  return [
    `it is misdated: it says ${localTimestamp(date.statedAt, zone)}, and ${stored}; when it was taken is not known`,
  ];
}

function suspectRemark(suspectStatus: SuspectStatus, reason: string): string {
  const what = { open: 'is suspect', accepted: 'was suspect, and was accepted', disproved: 'is suspect' } as const;
  const later = suspectStatus === 'disproved' ? ' (a later backup has the rows again)' : '';
  return `this backup ${what[suspectStatus]}: ${reason}${later}`;
}

function findingsRemark(count: number, texts: readonly string[]): string {
  const which = texts.length === 0 ? plural(count, 'rule') : listFindings(texts, count).join('; ');
  return `no damage, but rows of this backup break the schema's own rules: ${which}`;
}
