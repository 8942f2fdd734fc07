import type { Page } from '../page.ts';
import { canBeWritten, isDrawn } from './drawn.ts';

/** PNG by the id of its block. */
export type Pictures = ReadonlyMap<string, Uint8Array>;

/**
 * Draws the pictures of a page. What the font cannot write, or ECharts cannot draw (it has its limits with numbers of extreme
 * size), is left out: its words say the same. Throws CHART_FONT_MISSING. Loads the drawing libraries only now: they take memory.
 */
export async function drawPictures(page: Page): Promise<Pictures> {
  const drawn = page.blocks.filter(isDrawn).filter((block) => block.kind === 'tile' || canBeWritten(block));
  if (drawn.length === 0) return new Map();
  const [{ createPainter }, { chartPicture, sparkPicture }] = await Promise.all([
    import('./png.ts'),
    import('./chart-svg.ts'),
  ]);
  const paint = await createPainter();
  return new Map(
    drawn.flatMap((block) => {
      try {
        const picture = block.kind === 'tile' ? sparkPicture(block.spark) : chartPicture(block, page.locale);
        return [[block.id, paint(picture)] as const];
      } catch {
        return [];
      }
    }),
  );
}
