import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a file of /proc says; empty when it is not there, or may not be read. */
export function textOf(file: string): string {
  return orNull(() => readFileSync(file, 'utf8')) ?? '';
}

/** Names of what a folder of /proc has; null when it is not there, or may not be listed. */
export function namesIn(folder: string): string[] | null {
  return orNull(() => readdirSync(folder));
}

/** Where a link of /proc leads; null when it is not there, or may not be followed. */
export function linkTarget(link: string): string | null {
  return orNull(() => readlinkSync(link));
}

function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
