import type { Block, SummaryPage } from '../page/page-model.ts';
import type { Picture } from '../views/block-view.ts';
import { viewOf } from '../views/block-views.ts';
import { readFont } from '../views/chart-font.ts';
import type { PngRenderer } from './png.ts';

/** PNG by the id of its block. */
export type Pictures = ReadonlyMap<string, Uint8Array>;

/**
 * Draws the pictures of a page. What the font has no letters for, or ECharts cannot draw (numbers of extreme size), is left
 * out: the text says the same. Throws CHART_FONT_MISSING, and what loading the renderer throws. Loads the drawing libraries
 * only when needed: they take memory.
 */
export async function drawPictures(page: SummaryPage, font = readFont): Promise<Pictures> {
  const pictures = new Map<string, Uint8Array>();
  let renderPng: PngRenderer | null = null;
  for (const block of page.blocks) {
    const picture = await pictureOf(block, page.locale);
    if (picture === null) continue;
    // Not a fault of one picture: without a renderer the mail would lose them all.
    renderPng ??= await (await import('./png.ts')).createPngRenderer(font);
    const png = pngOf(renderPng, picture);
    if (png !== null) pictures.set(block.id, png);
  }
  return pictures;
}

async function pictureOf(block: Block, locale: string): Promise<Picture | null> {
  try {
    return (await viewOf(block).picture?.(block, locale)) ?? null;
  } catch {
    return null;
  }
}

function pngOf(renderPng: PngRenderer, picture: Picture): Uint8Array | null {
  try {
    return renderPng(picture);
  } catch {
    return null;
  }
}
