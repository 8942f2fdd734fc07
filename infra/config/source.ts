import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';

/** Where the config comes from: Pulumi in life, a plain object in tests. */
export type ConfigSource = {
  get(key: string): string | undefined;
  /** Whether the value is kept encrypted. */
  isSecret(key: string): boolean;
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
    isSecret: (key) => typeof isConfigSecret !== 'function' || isConfigSecret(`nightshift:${key}`) === true,
    readFile: (file) => readFileSync(expandHome(file), 'utf8'),
    agent: (process.env['SSH_AUTH_SOCK'] ?? '') !== '',
  };
}

export function expandHome(file: string): string {
  return file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : path.resolve(file);
}
