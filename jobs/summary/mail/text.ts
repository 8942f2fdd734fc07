import { plural } from '../../runtime/format.ts';
import { sparkline } from '../../runtime/sparkline.ts';
import { type Block, type Page, type Table, warningsAfterOpening } from '../page.ts';
import { wordsFor } from '../site/view/words.ts';
import { isBarList, isDrawn } from './drawn.ts';

const mostRows = 50;

/** The page as plain text, for who reads mail without HTML. */
export function mailText(page: Page, link: string | null): string {
  const parts = [
    `${page.title}\n${wordsFor(page.locale).longDay(page.day)}`,
    page.opening,
    ...warningsAfterOpening(page).map((warning) => `! ${warning}`),
    ...page.blocks.map(blockText),
    ...(link === null ? [] : [`The page of this day:\n${link}`]),
    `Backup: ${page.backup.message}`,
    ...(page.assumptions.length === 0
      ? []
      : [`Assumed, as nobody described this database:\n${page.assumptions.map((line) => `- ${line}`).join('\n')}`]),
    '-- \nSent by nightshift every day. To get it no more, answer this mail.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'tile': {
      const against = block.comparisons.map(({ to, change }) => `${change} vs ${to}`);
      const lines = [
        `${block.title}: ${block.value}`,
        ...(block.anomaly === null ? [] : [`! ${block.anomaly}`]),
        ...(against.length === 0 ? [] : [against.join(', ')]),
        ...(isDrawn(block) ? [sparkline(block.spark)] : []),
      ];
      return lines.join('\n  ');
    }
    case 'chart': {
      const picture = isBarList(block)
        ? columnsText(
            block.points.map(({ label, shown }) => [label, shown]),
            ['left', 'right'],
          )
        : `  ${sparkline(block.points.map(({ value }) => value))}\n  ${block.alt}`;
      return `${titleText(block.title)}\n${picture}`;
    }
    case 'table':
      return `${titleText(block.title)}\n${tableText(block)}`;
    case 'note':
      return `${titleText(block.title)}\n${block.text}`;
    case 'failed':
      return `${titleText(block.title)}\n! ${block.reason}`;
  }
}

function titleText(title: string): string {
  return `${title}\n${'-'.repeat(Math.min(title.length, 72))}`;
}

function tableText({ columns, rows, left, none }: Table): string {
  if (rows.length === 0) return none;
  const cut = rows.slice(0, mostRows);
  const hidden = left + rows.length - cut.length;
  const lines = columnsText(
    [columns.map(({ title }) => title), ...cut],
    columns.map(({ align }) => align),
  );
  return hidden === 0 ? lines : `${lines}\n  and ${plural(hidden, 'more row')}`;
}

function columnsText(rows: readonly (readonly string[])[], align: readonly ('left' | 'right')[]): string {
  const widths = align.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          align[column] === 'right' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}
