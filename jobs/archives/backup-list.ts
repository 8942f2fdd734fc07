import type { KnownInstances, LastVerification, Verification } from '../monitoring/history/history.ts';
import { agePhrase, formatBytes } from '../runtime/format.ts';
import { tableText } from '../runtime/table.ts';
import { ageText } from './backup-date.ts';
import { isOfAnotherHost } from './instances.ts';
import type { StoredBackup } from './stored-backups.ts';

/** A backup as `nightshift list` shows it. */
export type ListEntry = {
  readonly kind: string;
  readonly name: string;
  readonly key: string;
  /** Null when the name is not one of ours: the old script's weeklies. */
  readonly database: string | null;
  /** Null when nothing says it, or when its date is impossible (`misdated`). */
  readonly takenAt: Temporal.Instant | null;
  readonly misdated: boolean;
  readonly storedAt: Temporal.Instant;
  readonly bytes: number;
  /**
   * `verified` and `checksum-only` by the history of this host; `checked`: its snapshot passed the integrity check, and this
   * host has no record of reading it back; `damaged`: it did not verify when it was last read back; `changed`: other bytes than those that were stored; `unknown`: nothing is kept
   * with it, as with what another tool stored; `unreadable`: nothing is known, see `problem`.
   */
  readonly state: Verification | 'checked' | 'damaged' | 'changed' | 'unknown' | 'unreadable';
  /** When this host last read it back, whatever it found; null: it has no record of that. */
  readonly lastVerifiedAt: Temporal.Instant | null;
  readonly suspect: string | null;
  /** What became of the suspicion. */
  readonly suspectStatus: StoredBackup['suspectStatus'];
  /** How many of the schema's own rules rows break, and which, as far as it is known here. */
  readonly findings: number;
  readonly findingTexts: readonly string[];
  readonly encrypted: boolean;
  /** The host that took it, and whether that is another one than this; null: nothing says it. */
  readonly host: string | null;
  readonly otherHost: boolean;
  readonly rows: number | null;
  readonly problem: string | null;
};

/** What the history of this host knows. */
export type ListFacts = {
  readonly verifications: ReadonlyMap<string, LastVerification>;
  readonly instances: KnownInstances;
};

/** A stored backup as it is listed. */
export function listEntry(backup: StoredBackup, { verifications, instances }: ListFacts): ListEntry {
  const { kind, name, key, database, date, modified, bytes, facts, isChanged, suspectStatus, problem } = backup;
  const unknown = isChanged ? 'changed' : 'unknown';
  const last = verifications.get(key) ?? null;
  const known = last?.result === 'failed' ? 'damaged' : facts === null ? unknown : (last?.result ?? 'checked');
  return {
    kind,
    name,
    key,
    database,
    takenAt: date.kind === 'dated' ? date.takenAt : null,
    misdated: date.kind === 'misdated',
    storedAt: modified,
    bytes,
    state: problem === null ? known : 'unreadable',
    lastVerifiedAt: last?.at ?? null,
    suspect: facts?.suspect ?? null,
    suspectStatus,
    findings: facts?.findings ?? 0,
    findingTexts: backup.details?.findings ?? [],
    encrypted: key.endsWith('.age'),
    host: facts?.host ?? null,
    otherHost: isOfAnotherHost(facts, instances),
    rows: facts?.rows ?? null,
    problem: problem?.message ?? null,
  };
}

/** The list as a table for a person; ages count from `now`. */
export function listText(backups: readonly StoredBackup[], known: ListFacts, now: Temporal.Instant): string {
  const rows = backups.map((backup) => {
    const listed = listEntry(backup, known);
    return [
      listed.kind,
      printable(listed.name),
      ageText(backup.date, backup.modified, now),
      formatBytes(listed.bytes),
      stateText(listed),
      listed.database ?? '-',
      listed.encrypted ? 'encrypted' : '-',
      listed.lastVerifiedAt === null ? '-' : agePhrase(listed.lastVerifiedAt, now),
    ];
  });
  return tableText(['KIND', 'NAME', 'AGE', 'SIZE', 'STATE', 'DATABASE', 'ENCRYPTION', 'READ BACK'], rows);
}

/** `verified, SUSPECT`: what is known of a backup, in words. */
export function stateText({ state, suspectStatus, findings, otherHost }: ListEntry): string {
  const suspicion = { open: 'SUSPECT', accepted: 'accepted', disproved: 'was suspect' };
  return [
    state,
    ...(suspectStatus === null ? [] : [suspicion[suspectStatus]]),
    ...(findings === 0 ? [] : ['with findings']),
    ...(otherHost ? ['other host'] : []),
  ].join(', ');
}

/** Control characters as JSON writes them, so that a name is one line and moves no cursor. */
export function printable(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) => JSON.stringify(letter).slice(1, -1));
}
