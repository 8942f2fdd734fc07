import { homedir } from 'node:os';
import path from 'node:path';

/** Where the config comes from: Pulumi when deploying, a plain object in tests. */
export type ConfigSource = {
  get(key: string): string | undefined;
  /** Every key that is there, known or not. */
  keys(): readonly string[];
  /** Whether the value is kept encrypted. */
  isSecret(key: string): boolean;
  /** Whether there is an encrypted value that cannot be read here. */
  isSealed(key: string): boolean;
  /** Content of a file of this machine. Throws when it cannot be read. */
  readFile(file: string): string;
  /** An SSH agent runs on this machine. */
  readonly agent: boolean;
};

/** The keys of nightshift among full ones, without `nightshift:`. */
export function keysOf(all: Iterable<string>): string[] {
  return [...all].filter((key) => key.startsWith('nightshift:')).map((key) => key.slice('nightshift:'.length));
}

export function expandHome(file: string): string {
  return file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : path.resolve(file);
}
