export type Folder = 'daily' | 'weekly';

/** Which backup a person asks for. */
export type Wish =
  | { readonly kind: 'file'; readonly name: string; readonly folder: Folder | null }
  | { readonly kind: 'latest'; readonly folder: Folder | null }
  /** The last one taken up to then; local time. */
  | { readonly kind: 'at'; readonly until: Temporal.PlainDateTime; readonly asked: string };

/** What the command is to do. */
export type Request =
  | { readonly kind: 'resume' }
  | { readonly kind: 'list kept' }
  | { readonly kind: 'remove kept'; readonly name: string }
  | { readonly kind: 'undo'; readonly name: string | null }
  | { readonly kind: 'restore'; readonly wish: Wish }
  | { readonly kind: 'write'; readonly wish: Wish; readonly to: string };

export type Owner = { readonly uid: number; readonly gid: number; readonly mode: number };

/** How a person wants it done. */
export type Choices = {
  /** Name of the database, when the backup's name does not say it. */
  readonly database: string | null;
  readonly dryRun: boolean;
  /** Answers every question with yes. */
  readonly yes: boolean;
  /** Goes on although a process holds the database, a safety copy is damaged, or --yes meets another database. */
  readonly force: boolean;
  readonly identityFile: string | null;
  readonly healthRollback: boolean;
  /** Null: as long as each service's own health check may take. */
  readonly healthTimeoutSeconds: number | null;
  readonly owner: Owner;
};

/** What the backup container and the services run as. */
export const defaultOwner: Owner = { uid: 1000, gid: 1000, mode: 0o644 };

/** The end of what a person wrote as a date (its whole day) or as a local time. Null when it is neither. */
export function untilOf(text: string): Temporal.PlainDateTime | null {
  try {
    if (!/[T ]/.test(text))
      return Temporal.PlainDate.from(text, { overflow: 'reject' }).add({ days: 1 }).toPlainDateTime();
    return Temporal.PlainDateTime.from(text.replace(' ', 'T'), { overflow: 'reject' });
  } catch {
    return null;
  }
}
