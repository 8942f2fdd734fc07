import { ageText } from '../../archives/backup-date.ts';
import { type ListFacts, listEntry, printable, stateText } from '../../archives/backup-list.ts';
import type { StoredBackup } from '../../archives/stored-backups.ts';
import { localTimestamp } from '../../runtime/clock.ts';
import { Failure } from '../../runtime/errors.ts';
import { formatBytes, formatCount, plural } from '../../runtime/format.ts';
import { tableText } from '../../runtime/table.ts';
import { selectorOfWords } from '../options/selector-words.ts';
import type { PickBackup } from './choose-backup.ts';

/** As many as a screen shows with the question below. */
const mostShown = 20;

type PickFacts = ListFacts & {
  /** IANA zone of the dates. */
  readonly zone: string;
  readonly now: () => Temporal.Instant;
};

type PickDeps = PickFacts & {
  readonly prompt: (question: string) => Promise<string>;
  readonly out: (text: string) => void;
};

/** Shows the newest backups with numbers, and asks which one. Throws RESTORE_DECLINED when none is wanted. */
export function picker({ prompt, out, ...facts }: PickDeps): PickBackup {
  return async (offered, problem) => {
    out(problem === null ? pickListText(offered, facts) : `\n${problem.message} ${problem.hint}\n`);
    const answer = (await prompt('Which one? Its number, or a name or date; Enter for none: ')).trim();
    if (answer === '') {
      throw new Failure('RESTORE_DECLINED', 'No backup was chosen.', 'Nothing was stopped or changed.');
    }
    const numbered = /^\d{1,3}$/.test(answer) ? offered.slice(0, mostShown)[Number(answer) - 1] : undefined;
    const [first = '', ...others] = answer.split(/\s+/);
    return numbered ?? selectorOfWords(first, others.length === 0 ? undefined : others.join(' '));
  };
}

/** The newest backups as a table with numbers from 1, and how many older ones there are. */
function pickListText(backups: readonly StoredBackup[], { zone, now, ...known }: PickFacts): string {
  const rows = backups.slice(0, mostShown).map((backup, index) => {
    const listed = listEntry(backup, known);
    return [
      String(index + 1),
      listed.takenAt === null ? '?' : localTimestamp(listed.takenAt, zone),
      ageText(backup.date, backup.modified, now()),
      formatBytes(listed.bytes),
      listed.rows === null ? '?' : formatCount(listed.rows),
      stateText(listed),
      listed.kind,
      printable(listed.name),
    ];
  });
  const older = backups.length - rows.length;
  const more =
    older === 0
      ? ''
      : `${plural(older, 'older one')}: see \`nightshift list\`; a name or date is accepted here, too.\n`;
  const header = ['', `TAKEN (${zone})`, 'AGE', 'SIZE', 'ROWS', 'STATE', 'KIND', 'NAME'];
  return `\n${tableText(header, rows)}${more}\n`;
}
