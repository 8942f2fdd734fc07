import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { Failure } from '../../runtime/errors.ts';
import type { Picture } from '../views/block-view.ts';
import { fontFamily, readFont } from '../views/chart-font.ts';

/** Draws a picture as PNG, on white, as a dark mail client would show it on black. */
export type PngRenderer = (picture: Pick<Picture, 'svg'>) => Uint8Array;

/** A chart of 460 px is shown up to 552 px wide; this is two pixels for each of those. */
const pixelRatio = 2.4;

/**
 * Makes the renderer. Throws CHART_FONT_MISSING when the font cannot be read, or draws no text: without a font, resvg leaves
 * text out silently.
 */
export async function createPngRenderer(font = readFont): Promise<PngRenderer> {
  await wasmReady();
  const options = {
    background: '#ffffff',
    fitTo: { mode: 'zoom', value: pixelRatio },
    font: { fontBuffers: [fontBytes(font)], defaultFontFamily: fontFamily, sansSerifFamily: fontFamily },
  } as const;
  const rendered = (svg: string) => {
    const source = new Resvg(svg, options);
    try {
      return source.render();
    } finally {
      source.free();
    }
  };
  const sample = rendered(
    `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text x="2" y="16" font-family="${fontFamily}" font-size="16">8</text></svg>`,
  );
  const isBlank = sample.pixels.every((channel) => channel === 255);
  sample.free();
  if (isBlank) throw fontMissing();
  return ({ svg }) => {
    const image = rendered(svg);
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  };
}

/** State of the WebAssembly module: it may be initialised once a process. */
async function wasmReady(): Promise<void> {
  try {
    await initWasm(await readFile(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))));
  } catch (error) {
    if (!/already initialized/i.test(String(error))) throw error;
  }
}

function fontBytes(font: () => Uint8Array): Uint8Array {
  try {
    return font();
  } catch (error) {
    throw fontMissing(error);
  }
}

function fontMissing(cause?: unknown): Failure {
  return new Failure(
    'CHART_FONT_MISSING',
    'Charts would have no text: their font is missing or damaged.',
    'Reinstall nightshift (`npm ci`, or the image): the font is the package dejavu-fonts-ttf.',
    cause,
  );
}
