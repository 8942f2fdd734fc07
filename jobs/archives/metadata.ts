import type { ObjectMetadata } from '../store/store.ts';

/** What nightshift knows of a backup and keeps with the object. Never a secret. */
export type BackupFacts = {
  /** Of the plain snapshot, which passed the integrity check. Hex. */
  readonly snapshotSha256: string;
  readonly snapshotBytes: number;
  /** Of the stored bytes. Hex. */
  readonly archiveSha256: string;
  readonly pages: number;
  /** Pages that hold nothing, which a VACUUM would give back; null when it is not known. */
  readonly freePages: number | null;
  /** All tables together. */
  readonly rows: number;
  /** Rows per table; null when the names do not fit into the metadata. */
  readonly tables: Readonly<Record<string, number>> | null;
  readonly schemaSha256: string;
  readonly applicationId: number;
  readonly userVersion: number;
  /** Of the live database; the snapshot itself is always in rollback mode. */
  readonly journalMode: 'wal' | 'rollback';
  readonly sqliteVersion: string;
  readonly toolVersion: string;
  readonly takenAt: Temporal.Instant;
  /** Why the snapshot is suspect, or null. */
  readonly suspect: string | null;
  /** How many of the schema's own rules the integrity check found broken by rows; the pages are sound. */
  readonly findings: number;
  /** `gzip-9`, `zstd-9`. */
  readonly compression: string;
  /** Digest of the age recipients it is encrypted for, or null. */
  readonly recipients: string | null;
  /** The STATE_DIR that it was taken with, by its id; null when an older nightshift stored it, or that could not be read. */
  readonly instance: string | null;
  /** The name of the host that took it, for people; null like `instance`. */
  readonly host: string | null;
};

/** S3 allows 2 KB for all names and values together; the other facts take under 1,000 bytes. */
const tablesLimit = 1000;
const suspectLimit = 200;
const hostLimit = 64;

/** Whether row counts of so many tables can be kept in the metadata. */
export function tablesFit(tables: Readonly<Record<string, number>>): boolean {
  return asciiJson(tables).length <= tablesLimit;
}

/** Facts as object metadata: lower-case names, ASCII values. */
export function metadataOf(facts: BackupFacts): ObjectMetadata {
  return {
    'snapshot-sha256': facts.snapshotSha256,
    'snapshot-bytes': String(facts.snapshotBytes),
    'archive-sha256': facts.archiveSha256,
    pages: String(facts.pages),
    ...(facts.freePages === null ? {} : { 'free-pages': String(facts.freePages) }),
    rows: String(facts.rows),
    ...(facts.tables === null || !tablesFit(facts.tables) ? {} : { tables: asciiJson(facts.tables) }),
    'schema-sha256': facts.schemaSha256,
    'application-id': String(facts.applicationId),
    'user-version': String(facts.userVersion),
    'journal-mode': facts.journalMode,
    'sqlite-version': facts.sqliteVersion,
    'nightshift-version': facts.toolVersion,
    'taken-at': facts.takenAt.toString(),
    compression: facts.compression,
    ...(facts.suspect === null ? {} : { suspect: asciiLine(facts.suspect, suspectLimit) }),
    ...(facts.findings === 0 ? {} : { findings: String(facts.findings) }),
    ...(facts.recipients === null ? {} : { recipients: facts.recipients }),
    ...(facts.instance === null ? {} : { instance: facts.instance }),
    ...(facts.host === null ? {} : { host: asciiLine(facts.host, hostLimit) }),
  };
}

/** What an object's metadata says, or null: not stored by nightshift, or incomplete. */
export function factsOf(metadata: ObjectMetadata): BackupFacts | null {
  const text = (name: string) => metadata[name] ?? '';
  const number = (name: string) => Number.parseInt(text(name), 10);
  const hashes = [text('snapshot-sha256'), text('archive-sha256')];
  const numbers = [number('snapshot-bytes'), number('pages'), number('rows')];
  const takenAt = instantOf(text('taken-at'));
  if (
    !hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash)) ||
    !numbers.every(Number.isSafeInteger) ||
    takenAt === null
  ) {
    return null;
  }
  return {
    snapshotSha256: text('snapshot-sha256'),
    snapshotBytes: number('snapshot-bytes'),
    archiveSha256: text('archive-sha256'),
    pages: number('pages'),
    freePages: metadata['free-pages'] === undefined ? null : number('free-pages') || 0,
    rows: number('rows'),
    tables: tablesOf(text('tables')),
    schemaSha256: text('schema-sha256'),
    applicationId: number('application-id') || 0,
    userVersion: number('user-version') || 0,
    journalMode: text('journal-mode') === 'wal' ? 'wal' : 'rollback',
    sqliteVersion: text('sqlite-version'),
    toolVersion: text('nightshift-version'),
    takenAt,
    suspect: metadata['suspect'] ?? null,
    findings: number('findings') || 0,
    compression: text('compression'),
    recipients: metadata['recipients'] ?? null,
    instance: metadata['instance'] || null,
    host: metadata['host'] || null,
  };
}

function instantOf(text: string): Temporal.Instant | null {
  try {
    return Temporal.Instant.from(text);
  } catch {
    return null;
  }
}

function tablesOf(json: string): Record<string, number> | null {
  try {
    const entries = Object.entries(JSON.parse(json) as object);
    return entries.every(([, rows]) => typeof rows === 'number') ? Object.fromEntries(entries) : null;
  } catch {
    return null;
  }
}

function asciiLine(text: string, limit: number): string {
  return text
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, limit)
    .trim();
}

/** Metadata travels in HTTP headers: other letters are written as \uXXXX. */
function asciiJson(value: object): string {
  const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, escaped);
}
