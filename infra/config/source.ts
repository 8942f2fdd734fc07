import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';

/** Where the config comes from: Pulumi in life, a plain object in tests. */
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

/** The running program's config. */
export function pulumiSource(): ConfigSource {
  const config = new pulumi.Config('nightshift');
  // Pulumi exports it for its own use only; it is the one way to know in a program whether a value is kept encrypted.
  const isConfigSecret: unknown = Reflect.get(pulumi.runtime, 'isConfigSecret');
  return {
    get: (key) => config.get(key),
    keys: () => keysOf(Object.keys(pulumi.runtime.allConfig())),
    isSecret: (key) => typeof isConfigSecret !== 'function' || isConfigSecret(`nightshift:${key}`) === true,
    isSealed: () => false,
    readFile: (file) => readFileSync(expandHome(file), 'utf8'),
    agent: (process.env['SSH_AUTH_SOCK'] ?? '') !== '',
  };
}

/** The keys of nightshift among full ones, without `nightshift:`. */
export function keysOf(all: Iterable<string>): string[] {
  return [...all].filter((key) => key.startsWith('nightshift:')).map((key) => key.slice('nightshift:'.length));
}

export function expandHome(file: string): string {
  return file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : path.resolve(file);
}
