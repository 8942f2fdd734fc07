import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The one font of the charts. It travels with nightshift, as a container has none. */
export const fontFamily = 'DejaVu Sans';

export function readFont(): Uint8Array {
  return readFileSync(fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')));
}
