import Sqlite from 'better-sqlite3';
import { ledgerDays } from '../../archives/state/restored-ledger.ts';
import type { StateFile } from '../../archives/state/state-archive.ts';
import { reportCopyFolder } from '../../archives/state/state-files.ts';
import { createSqliteHistory } from '../../monitoring/history/sqlite-history.ts';
import { localTimestamp } from '../../runtime/clock.ts';
import { agePhrase, formatBytes, plural } from '../../runtime/format.ts';
import type { StateToRestore } from './read-state.ts';

type StatePlanDeps = {
  readonly now: Temporal.Instant;
  readonly zone: string;
  /** The store, for people. */
  readonly store: string;
  readonly stateDir: string;
  readonly databases: readonly string[];
  /** What would be put aside, and where; null: nothing is there. */
  readonly keptIn: string | null;
};

/** What a state holds and what bringing it back means, for a person. Throws HISTORY_DAMAGED when it is not nightshift's. */
export function statePlanText({ key, takenAt, files }: StateToRestore, here: StatePlanDeps): string {
  const facts = [
    ['from', here.store],
    ['stored', `${localTimestamp(takenAt, here.zone)} (${here.zone}), ${agePhrase(takenAt, here.now)}`],
    ['into', here.stateDir],
    ...files.map((file) => [file.name, contentText(file, here)]),
    ...(here.keptIn === null ? [] : [['there now', `kept in ${here.keptIn}`]]),
  ];
  const width = Math.max(...facts.map(([name = '']) => name.length));
  const lines = facts.map(([name = '', text]) => `  ${name.padEnd(width)}  ${text}\n`).join('');
  return `\nRestore the state ${key}\n${lines}${missingText(files)}${notes(takenAt, here)}\n`;
}

function contentText({ name, data }: StateFile, { zone, databases }: StatePlanDeps): string {
  if (name === 'history.db') {
    const history = createSqliteHistory(new Sqlite(data, { readonly: true }), name);
    const newest = databases.flatMap((database) => {
      const good = history.newestGood(database);
      return good === null ? [] : [`newest good backup of ${database} ${localTimestamp(good.startedAt, zone)}`];
    });
    history.close();
    return ['history of the backups', ...newest].join(', ');
  }
  if (name === 'summaries.db') {
    const { count, last } = ledgerDays(data);
    return last === null
      ? 'ledger of summaries, no day yet'
      : `ledger of ${plural(count, 'day')} of summaries, the last ${last}`;
  }
  return formatBytes(data.length);
}

function missingText(files: readonly StateFile[]): string {
  const has = (name: string) => files.some((file) => file.name === name);
  return [
    has('history.db') ? '' : '  NOTE: no history of the backups is in it.\n',
    has('summaries.db') ? '' : '  NOTE: no ledger of summaries is in it: none was sent then, or it was damaged.\n',
  ].join('');
}

function notes(takenAt: Temporal.Instant, { zone }: StatePlanDeps): string {
  const since = localTimestamp(takenAt, zone);
  return `  NOTE: what happened after ${since} is not in it. A summary due since then that it does not know goes out only by \`nightshift summary send\`.\n`;
}

/** What is left to do with a report that was restored; empty when there is none. */
export function reportText(files: readonly Pick<StateFile, 'name'>[], stateDir: string): string {
  const copies = files.filter(({ name }) => name.startsWith(`${reportCopyFolder}/`));
  if (copies.length === 0) return '';
  const where = copies.map(({ name }) => `${stateDir}/${name}`).join(', ');
  return `  The report that SUMMARY_REPORT named is ${where}: put it where SUMMARY_REPORT names it here.\n`;
}
