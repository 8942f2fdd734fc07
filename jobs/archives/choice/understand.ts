import { localTimestamp } from '../../runtime/clock.ts';
import { editDistance } from '../../runtime/edit-distance.ts';
import { nearest } from '../../runtime/nearest.ts';
import type { Database } from '../../settings/databases.ts';
import { type BackupLayout, kindNames } from '../backup-kinds.ts';
import { parseDailyKey } from '../names.ts';
import type { StoredBackup } from '../stored-backups.ts';
import { databaseOf } from './database-of.ts';
import { localTimePrefix } from './local-time.ts';

/** What of a stored backup tells whether it is meant. */
export type NamedBackup = Pick<StoredBackup, 'key' | 'kind' | 'name' | 'database' | 'date' | 'isChanged'> & {
  readonly facts: Pick<NonNullable<StoredBackup['facts']>, 'snapshotSha256'> | null;
};

/** What a text that is no exact name means. */
export type Understanding<B> =
  /** `how` completes `"2025-11-30" is …`. `correction`: the text itself must be misspelt. */
  | {
      readonly kind: 'one';
      readonly backup: B;
      /** Others of the same snapshot. */
      readonly copies: readonly B[];
      readonly how: string;
      readonly correction: boolean;
    }
  /** `latest`, misspelt. */
  | { readonly kind: 'latest' }
  /** `what` completes `"2025-11-30" is …`. */
  | { readonly kind: 'several'; readonly backups: readonly B[]; readonly what: string }
  /** Those that are most like it, the nearest first. */
  | { readonly kind: 'none'; readonly near: readonly B[] };

type UnderstandOptions = {
  /** The kind that was named, or null. */
  readonly folder: string | null;
  /** Dates and misspelt names mean backups of these. */
  readonly databases: readonly Database[];
  /** IANA zone of the times that are typed, and of those in names. */
  readonly zone: string;
  readonly layout: Pick<BackupLayout, 'daily'>;
};

const mostNear = 3;
/** With more wrong letters than a slip of the hand makes, a name is only suggested. */
const mostMisspelt = 3;

/**
 * What `typed` means among `backups` (newest first), of which none has that name and kind. The first of these forms that any
 * backup fits decides: the name in another kind's folder, the name without its ending or its database, a local date and time or
 * the beginning of one, and at last a name or `latest` with some letters wrong. Digits are never corrected.
 */
export function understand<B extends NamedBackup>(
  typed: string,
  backups: readonly B[],
  options: UnderstandOptions,
): Understanding<B> {
  const { folder, databases } = options;
  const own = backups.filter((backup) => databases.some(({ name }) => name === databaseOf(backup, databases)));
  const named = backups.filter(({ name }) => name === typed);
  if (named.length > 0) return decided(named, folder, 'the name of', false);
  const shortened = [
    backups.filter(({ name }) => isWithoutEnding(typed, name)),
    own.filter((backup) => isWithoutEnding(`${databaseOf(backup, databases)}_${typed}`, backup.name)),
  ].find(({ length }) => length > 0);
  if (shortened !== undefined) return decided(shortened, folder, 'the beginning of', false);
  const [database, prefix] = timePrefixIn(typed, databases);
  if (prefix !== null) {
    const asked = own.filter((backup) => database === null || databaseOf(backup, databases) === database);
    return takenThen(asked, prefix, options);
  }
  return corrected(typed, own, folder);
}

/** Whether `name` is `typed` with an ending of archives. */
function isWithoutEnding(typed: string, name: string): boolean {
  return name.startsWith(typed) && /^(?:(?:\.db)?\.(?:gz|zst)(?:\.age)?|\.age)$/.test(name.slice(typed.length));
}

/** The time that was typed, and the database in front of it. */
function timePrefixIn(typed: string, databases: readonly Database[]): [string | null, string | null] {
  const database = databases.map(({ name }) => name).find((name) => localTimePrefix(afterName(typed, name)) !== null);
  return database === undefined
    ? [null, localTimePrefix(typed)]
    : [database, localTimePrefix(afterName(typed, database))];
}

const afterName = (typed: string, name: string) => (typed.startsWith(`${name}_`) ? typed.slice(name.length + 1) : '');

function takenThen<B extends NamedBackup>(
  own: readonly B[],
  prefix: string,
  { folder, zone, layout }: UnderstandOptions,
): Understanding<B> {
  const times = (backup: B) => timesOf(backup, zone, layout);
  const then = own.filter((backup) => times(backup).some((time) => time.startsWith(prefix)));
  const plausible = then.filter(({ date }) => date.kind === 'dated');
  const what = prefix.length === 10 ? 'day' : 'time';
  if (plausible.length > 0) return decided(plausible, folder, `the ${what} (${zone}) of`, false);
  if (then.length > 0) return { kind: 'none', near: then };
  return { kind: 'none', near: nearestTo(prefix, own, { times, zone }) };
}

/** Those of the same day, or else the last before it and the first after it. */
function nearestTo<B extends NamedBackup>(
  prefix: string,
  own: readonly B[],
  { times, zone }: { readonly times: (backup: B) => string[]; readonly zone: string },
): B[] {
  const day = prefix.slice(0, 10);
  const sameDay = own.filter((backup) => times(backup).some((time) => time.startsWith(day)));
  if (sameDay.length > 0) return sameDay;
  const localTime = ({ date }: B) => (date.kind === 'dated' ? localTimestamp(date.takenAt, zone) : null);
  const before = own.find((backup) => (localTime(backup) ?? prefix) < prefix);
  const after = own.findLast((backup) => (localTime(backup) ?? '') > prefix);
  return [before, after].filter((backup) => backup !== undefined);
}

/**
 * The local times that a backup is known by: of its snapshot, and in its name (the zone may have changed in between). The name
 * of a period is none.
 */
function timesOf({ key, date, facts }: NamedBackup, zone: string, { daily }: UnderstandOptions['layout']): string[] {
  const name = parseDailyKey(daily, key);
  return [
    ...(date.kind === 'dated' && facts !== null ? [localTimestamp(date.takenAt, zone)] : []),
    ...(name === null ? [] : [name.at.toString({ smallestUnit: 'second' }).replace('T', ' ')]),
  ];
}

function corrected<B extends NamedBackup>(typed: string, own: readonly B[], folder: string | null): Understanding<B> {
  const text = typed.toLowerCase();
  if (editDistance(text, 'latest') <= 2) return { kind: 'latest' };
  const alike = nearest(text, own, ({ name }) => [name, name.replace(/\.db\.(?:gz|zst)(?:\.age)?$/, '')]);
  const misspelt = alike.filter(
    ({ candidate, distance }) => distance <= mostMisspelt && digitsOf(candidate.name) === digitsOf(text),
  );
  const backups = (some: typeof alike) => some.map(({ candidate }) => candidate);
  if (misspelt.length > 0) return decided(backups(misspelt), folder, 'most like', true);
  return { kind: 'none', near: backups(alike).slice(0, mostNear) };
}

const digitsOf = (text: string) => text.replace(/\D/g, '');

/** Copies of one snapshot are one thing. */
function decided<B extends NamedBackup>(
  found: readonly B[],
  folder: string | null,
  relation: string,
  correction: boolean,
): Understanding<B> {
  const inFolder = found.filter(({ kind }) => folder === null || kind === folder);
  const backups = inFolder.length > 0 ? inFolder : found;
  const order: readonly string[] = kindNames;
  const [first, ...others] = backups.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  if (first === undefined) return { kind: 'none', near: [] };
  const isSame = ({ facts }: B) => facts !== null && facts.snapshotSha256 === first.facts?.snapshotSha256;
  if (!others.every(isSame)) return { kind: 'several', backups, what: `${relation} ${backups.length} backups` };
  const elsewhere = inFolder.length > 0 ? '' : `; there is no such ${folder} one`;
  const copies = others.length === 0 ? '' : `; ${others.map(({ kind }) => kind).join(' and ')} has the same snapshot`;
  return {
    kind: 'one',
    backup: first,
    copies: others,
    how: `${relation} ${first.key}${elsewhere}${copies}`,
    correction,
  };
}
