import type { BlockComputation } from './block-computation.ts';
import { visibleColumns } from './visible-columns.ts';

const maxLines = 20;

/** Lines of text: the first column of each row. */
export const textComputation: BlockComputation<'text'> = {
  days: ({ days }) => days,
  maxRows: () => maxLines,
  compute({ title }, result, { id, show }) {
    const { visible, ...hidden } = visibleColumns(result, show);
    const lines = visible.rows.map(([cell]) => String(cell ?? '')).filter((line) => line !== '');
    const text = lines.length === 0 ? 'Nothing to report.' : lines.join('\n');
    return { block: { id, kind: 'text', title, text }, series: null, daysWithData: [], ...hidden };
  },
};
