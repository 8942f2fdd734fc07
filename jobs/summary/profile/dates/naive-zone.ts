import { snakeCase } from '../../blocks/personal-data.ts';
import type { Framework } from '../system-tables.ts';
import type { DateFacts } from './date-facts.ts';

/** Whether times that do not say their zone are local or UTC; `isSure` false: nothing tells. */
export type NaiveZone = { readonly zone: 'local' | 'UTC'; readonly isSure: boolean; readonly why: string };

type ZoneEvidence = {
  readonly facts: DateFacts;
  readonly column: string;
  /** What a new row gets, as SQL. */
  readonly defaultSql: string | null;
  readonly framework: Framework | null;
  /** The file's last write and the zone's offset then: epoch seconds, seconds east of UTC. */
  readonly lastWrite: number | null;
  readonly offset: number;
  /** Seconds by which the column is ahead of another column of the same rows that says its zone; null: there is none. */
  readonly ahead: number | null;
};

const minute = 60;
const hour = 3600;
const minRows = 40;

/** Decides by what can only be one of both first, then by what writes the database, then by the hours of a day. */
export function naiveZone(evidence: ZoneEvidence): NaiveZone {
  const { facts, column, defaultSql, framework, offset } = evidence;
  const sure = (zone: NaiveZone['zone'], why: string): NaiveZone => ({ zone, isSure: true, why });
  const beside = zoneBeside(evidence);
  if (beside !== null) return sure(beside, 'as another column of the same rows says');
  if (/(^|_)(gmt|utc)(_|$)/.test(snakeCase(column))) return sure('UTC', 'as its name says');
  const possible = onlyPossibleZone(evidence);
  if (possible !== null) return sure(possible, 'as no row is newer than the last write');
  const isDaytime = hasLocalHours(facts.hours, offset);
  const local = sure('local', 'as few lie in the night then');
  const contradicted: NaiveZone = { zone: 'UTC', isSure: false, why: 'what tells is contradictory' };
  if (isFreshOnlyAs('local', evidence)) return sure('local', 'as the newest is as old as the last write');
  // SQLite's clock is UTC, and a text it writes does not say so.
  const isSqliteNow = defaultSql !== null && /current_timestamp|'now'/i.test(defaultSql);
  if (isSqliteNow && /localtime/i.test(defaultSql)) return sure('local', 'as SQLite writes it');
  const utc = isSqliteNow
    ? 'as SQLite writes it'
    : framework !== null
      ? `as ${framework} writes it`
      : isFreshOnlyAs('UTC', evidence)
        ? 'as the newest is as old as the last write'
        : null;
  // A shop that closes one offset before a nightly job looks as if it wrote UTC.
  if (utc !== null) return isDaytime ? contradicted : sure('UTC', utc);
  if (isDaytime) return local;
  return { zone: 'local', isSure: false, why: 'nothing tells whether it is local or UTC' };
}

function zoneBeside({ ahead, offset }: ZoneEvidence): NaiveZone['zone'] | null {
  if (ahead === null || offset === 0) return null;
  if (Math.abs(ahead) <= 2 * minute) return 'UTC';
  return Math.abs(ahead - offset) <= 2 * minute ? 'local' : null;
}

/** How much older than the last write the newest row is, in seconds, read in either way. */
function agesOf({ facts, lastWrite, offset }: ZoneEvidence): { readonly UTC: number; readonly local: number } | null {
  const newest = facts.newestNaive;
  if (newest === null || lastWrite === null || Math.abs(offset) < hour) return null;
  return { UTC: lastWrite - newest, local: lastWrite - (newest - offset) };
}

/** A row is not newer than the last write: where only one reading allows that. */
function onlyPossibleZone(evidence: ZoneEvidence): NaiveZone['zone'] | null {
  const ages = agesOf(evidence);
  const isImpossible = (seconds: number) => seconds < -2 * minute && seconds > -24 * hour;
  if (ages === null) return null;
  if (isImpossible(ages.UTC) && ages.local >= -2 * minute) return 'local';
  return isImpossible(ages.local) && ages.UTC >= -2 * minute ? 'UTC' : null;
}

/** The newest row is about as old as the last write in this reading only. */
function isFreshOnlyAs(zone: NaiveZone['zone'], evidence: ZoneEvidence): boolean {
  const ages = agesOf(evidence);
  const isFresh = (seconds: number) => seconds >= -2 * minute && seconds <= 30 * minute;
  return ages !== null && isFresh(ages[zone]) && !isFresh(ages[zone === 'UTC' ? 'local' : 'UTC']);
}

/** Hardly a row lies between one and six at night when read as local, and many do when read as UTC. */
function hasLocalHours(hours: readonly number[], offset: number): boolean {
  const all = hours.reduce((sum, count) => sum + count, 0);
  const atNight = (shift: number) =>
    hours.reduce((sum, count, index) => {
      const local = (((index + shift) % 24) + 24) % 24;
      return sum + (local >= 1 && local < 6 ? count : 0);
    }, 0) / all;
  return all >= minRows && atNight(0) <= 0.01 && atNight(Math.round(offset / hour)) >= 0.15;
}
