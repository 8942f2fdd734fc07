import { readFileSync } from 'node:fs';

/** What a file of /proc says; empty when it is not there, or may not be read. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
