import { type Setting, stackKeyOf } from './setting.ts';
import type { Section } from './table.ts';

/** The tables of this folder's README, one a section. */
export function readmeTables(sections: readonly Section[]): string {
  return sections
    .map(({ title, rows }) =>
      [
        `## ${title}`,
        '',
        '| environment | stack | default | meaning | read by |',
        '|---|---|---|---|---|',
        ...rows.map(line),
        '',
      ].join('\n'),
    )
    .join('\n');
}

function line(row: Setting): string {
  const { environment, default: fallback, readBy } = row;
  const cells = [quoted(environment), stackCell(row), quoted(fallback), meaningCell(row), readBy.join(', ')];
  return `| ${cells.join(' | ')} |`;
}

function stackCell(row: Setting): string {
  return typeof row.stack === 'string' ? quoted(row.stack) : `none: ${row.stack.none}`;
}

function meaningCell(row: Setting): string {
  const notes = [
    ...(row.secret ? ['secret'] : []),
    ...(stackKeyOf(row) !== null && !row.perHost && !row.secret ? ['not in `hosts`'] : []),
  ];
  return notes.length === 0 ? row.meaning : `${row.meaning} (${notes.join(', ')})`;
}

function quoted(word: string | null): string {
  return word === null ? '' : `\`${word}\``;
}
