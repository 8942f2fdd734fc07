import type { BlockByKind, BlockKind } from '../page/page-model.ts';
import type { BlockView } from './block-view.ts';
import { failedView } from './failed-view.ts';
import { kpiView } from './kpi-view.ts';
import { seriesView } from './series-view.ts';
import { exceptionsView, tableView } from './table-view.ts';
import { textView } from './text-view.ts';

type BlocksOf<Kind extends BlockKind> = { [K in Kind]: BlockByKind[K] }[Kind];
type BlockViews = { readonly [Kind in BlockKind]: BlockView<BlockByKind[Kind]> };

const blockViews: BlockViews = {
  kpi: kpiView,
  series: seriesView,
  table: tableView,
  exceptions: exceptionsView,
  text: textView,
  failed: failedView,
};

/** The view of a block's kind: a new kind of block needs a row here. */
export function viewOf<Kind extends BlockKind>(block: BlocksOf<Kind>): BlockView<BlocksOf<Kind>> {
  return blockViews[block.kind as Kind];
}
