import { Failure } from '../../runtime/errors.ts';
import type { Block, SummaryPage } from '../page/page.ts';
import { viewOf } from '../views/block-views.ts';
import type { PngRenderer } from './png.ts';

/** PNG by the id of its block. */
export type Pictures = ReadonlyMap<string, Uint8Array>;

/**
 * Draws the pictures of a page. What the font has no letters for, or ECharts cannot draw (numbers of extreme size), is left
 * out: the text says the same. Throws CHART_FONT_MISSING. Loads the drawing libraries only when needed: they take memory.
 */
export async function drawPictures(page: SummaryPage): Promise<Pictures> {
  const pictures = new Map<string, Uint8Array>();
  let renderer: PngRenderer | null = null;
  const renderPng: PngRenderer = async (picture) => {
    renderer ??= await (await import('./png.ts')).createPngRenderer();
    return renderer(picture);
  };
  for (const block of page.blocks) {
    const png = await pngOf(block, page.locale, renderPng);
    if (png !== null) pictures.set(block.id, png);
  }
  return pictures;
}

async function pngOf(block: Block, locale: string, renderPng: PngRenderer): Promise<Uint8Array | null> {
  try {
    const picture = (await viewOf(block).picture?.(block, locale)) ?? null;
    return picture === null ? null : await renderPng(picture);
  } catch (error) {
    if (error instanceof Failure) throw error;
    return null;
  }
}
