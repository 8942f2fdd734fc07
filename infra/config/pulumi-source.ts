import { readFileSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';
import { type ConfigSource, expandHome, keysOf } from './source.ts';

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
