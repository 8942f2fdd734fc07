import type { Identity } from '../../backup/archive/unarchive.ts';
import type { ObjectStore } from '../../platform/store/store.ts';
import { lookAtCurrent } from '../plan/current.ts';
import type { KeptFile } from '../safety-copies.ts';
import { type JournalMode, journalModeOf } from '../staging/header.ts';
import { type StageTools, stageBackup } from '../staging/stage.ts';
import { stageSafetyCopy } from '../staging/stage-safety-copy.ts';
import { type Character, characterOf, type Staged } from '../staging/verified.ts';
import type { ChosenBackup } from './backup-choice.ts';
import type { Owner } from './request.ts';

/** Something that can take the database's place. */
export type Source = {
  /** An object's key, or the path of a safety copy. */
  readonly label: string;
  /** Where it lies, for people. */
  readonly from: string;
  readonly takenAt: Temporal.Instant | null;
  readonly changedAt: Temporal.Instant | null;
  /** Of the plain database; null when only unpacking tells. */
  readonly bytes: number | null;
  /** What its staging needs on the disk, at least. */
  readonly leastBytes: number;
  /** What it holds, as far as that is known before it is staged. */
  readonly character: Character | null;
  readonly remarks: readonly string[];
  /** Brings a verified copy to `file`. Throws when it is not a good database. */
  stage(file: string, owner: Owner, tools: StageTools): Promise<Staged>;
};

export function backupSource(chosen: ChosenBackup, store: ObjectStore, identity: Identity | null): Source {
  const { key, facts, storedAt, database, madeFrom, passedOver } = chosen;
  const journalMode: JournalMode | null = facts?.journalMode ?? null;
  const suspect = facts?.suspect ?? null;
  const stranger = madeFrom !== null && madeFrom !== database.name;
  return {
    label: key,
    from: store.name,
    takenAt: facts?.takenAt ?? storedAt,
    changedAt: facts?.takenAt ?? storedAt,
    bytes: facts?.snapshotBytes ?? null,
    leastBytes: facts?.snapshotBytes ?? chosen.bytes,
    character: characterOf(facts),
    remarks: [
      ...passedOver,
      ...(suspect === null ? [] : [`this backup is suspect: ${suspect}`]),
      ...(stranger ? [`its name says that it is of ${madeFrom}, and it goes to ${database.name}`] : []),
    ],
    stage: (file, owner, tools) => stageBackup(chosen, store, identity, { file, owner, journalMode }, tools),
  };
}

/** `zone` is that of the local time in the copy's name. With `force` a damaged copy comes back as it is. */
export function safetyCopySource(copy: KeptFile, zone: string, force: boolean): Source {
  return {
    label: copy.path,
    from: 'the same folder',
    takenAt: copy.at.toZonedDateTime(zone).toInstant(),
    changedAt: lookAtCurrent(copy.path)?.changedAt ?? null,
    bytes: copy.bytes,
    leastBytes: copy.bytes,
    character: null,
    remarks: copy.kind === 'rejected' ? ['it was taken back once, because services were not well on it'] : [],
    stage: (file, owner, tools) => {
      const place = { file, owner, journalMode: journalModeOf(copy.path) };
      return stageSafetyCopy(copy.path, place, force, tools);
    },
  };
}
