import type { BackupFacts } from '../../archives/metadata.ts';
import type { DatabaseContents } from '../../sqlite/contents.ts';
import type { MovedCopy } from '../files/moved-copy.ts';

/** What tells one database from another. */
export type DatabaseFingerprint = Pick<
  DatabaseContents,
  'tables' | 'schemaSha256' | 'applicationId' | 'userVersion'
> & {
  /** Tables that are there and were not counted, for want of an extension or collation; null: not known, metadata does not say. */
  readonly uncounted: readonly string[] | null;
};

/** What verifying a file found. */
export type VerifiedContents = {
  /** Null: damaged, and accepted. */
  readonly fingerprint: DatabaseFingerprint | null;
  /** Rows that break the schema's own rules, as its integrity check found them. */
  readonly findings: readonly string[];
  /** How it was verified, for people. */
  readonly verifiedBy: string;
};

/** A verified file beside the database, on the disk, ready to be renamed into its place. */
export type StagedFile = VerifiedContents & {
  /** Where it is staged; with `moved` nothing is there. */
  readonly file: string;
  readonly inode: string;
  readonly bytes: number;
  /** Null: it is the staged file that takes the place. */
  readonly moved: MovedCopy | null;
  /** As `fileState` has it. */
  readonly state: string | null;
};

/** What an integrity check without damage says to a person. */
export function integrityText(findings: readonly string[]): string {
  if (findings.length === 0) return 'integrity check passed';
  return `integrity check found no damage, but rows that break the schema's own rules: ${findings.join('; ')}`;
}

/** What a reading of the file itself says. */
export function fingerprintOfContents({
  tables,
  unchecked,
  schemaSha256,
  applicationId,
  userVersion,
}: DatabaseContents): DatabaseFingerprint {
  const uncounted = unchecked.filter((table) => !(table in tables));
  return { tables, uncounted, schemaSha256, applicationId, userVersion };
}

/** What metadata says; null when it does not say all of it. */
export function fingerprintOfFacts(facts: BackupFacts | null): DatabaseFingerprint | null {
  if (facts === null || facts.tables === null) return null;
  const { tables, schemaSha256, applicationId, userVersion } = facts;
  return { tables, uncounted: null, schemaSha256, applicationId, userVersion };
}
