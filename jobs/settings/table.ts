import type { EnvironmentValues, RowsReadBy, Setting, SettingReader, ValuesByStackKey } from './setting.ts';
import { backup } from './table/backup.ts';
import { containers } from './table/containers.ts';
import { database } from './table/database.ts';
import { disk } from './table/disk.ts';
import { host } from './table/host.ts';
import { mail } from './table/mail.ts';
import { store } from './table/store.ts';
import { summary } from './table/summary.ts';

/** Rows that belong together, as the README shows them. */
export type Section = { readonly title: string; readonly rows: readonly Setting[] };

/** The one table of settings. A new setting is a new row in one of these files. */
export const sections = [
  { title: 'Database, folders, time zone', rows: database },
  { title: 'Where backups go', rows: store },
  { title: 'Backup and restore', rows: backup },
  { title: 'Mail and alerts', rows: mail },
  { title: 'Daily summary', rows: summary },
  { title: 'Host', rows: host },
  { title: 'Disk', rows: disk },
  { title: 'Containers on the host', rows: containers },
] as const satisfies readonly Section[];

type Row = (typeof sections)[number]['rows'][number];

export const table: readonly Row[] = sections.flatMap(({ rows }): readonly Row[] => rows);

/** Name of a variable that has no key of the stack: the deployment sets it, or leaves its default. */
export type KeylessName = Extract<Row, { readonly stack: { readonly none: string } }>['environment'];

/** Key of the stack's config, below `nightshift:`. */
export type StackKey = Row['stack'] & string;

type SecretRow = Extract<Row, { readonly secret: true }>;

/** Key of the stack whose value is encrypted. */
export type SecretKey = SecretRow['stack'] & string;

/** The rows that any of `readers` reads. */
export function rowsReadBy<Reader extends SettingReader>(
  readers: readonly Reader[],
): readonly RowsReadBy<Row, Reader>[] {
  const isRead = (row: Row): row is RowsReadBy<Row, Reader> =>
    readers.some((reader) => row.readBy.some((each) => each === reader));
  return table.filter(isRead);
}

/** What a job finds in its environment: no more than the rows that name it as a reader. */
export type JobValues<Reader extends SettingReader> = EnvironmentValues<RowsReadBy<Row, Reader>>;

/** What the stack says, of one host. */
export type StackConfigValues = ValuesByStackKey<Row>;
