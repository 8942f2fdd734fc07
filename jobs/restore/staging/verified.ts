import type { Contents } from '../../backup/snapshot/contents.ts';
import type { BackupFacts } from '../../backup/stored/metadata.ts';

/** What tells one database from another. */
export type Character = Pick<Contents, 'tables' | 'schemaSha256' | 'applicationId' | 'userVersion'>;

/** A verified file beside the database, on the disk, ready to be renamed into its place. */
export type Staged = {
  readonly file: string;
  readonly inode: string;
  readonly bytes: number;
  /** Null: damaged, and taken all the same. */
  readonly character: Character | null;
  /** How it was verified, for people. */
  readonly proof: string;
};

/** What metadata says; null when it does not say all of it. */
export function characterOf(facts: BackupFacts | null): Character | null {
  if (facts === null || facts.tables === null) return null;
  const { tables, schemaSha256, applicationId, userVersion } = facts;
  return { tables, schemaSha256, applicationId, userVersion };
}
