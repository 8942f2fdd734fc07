import { readFileSync } from 'node:fs';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { type ConfigSource, expandHome, keysOf } from '../config/source.ts';
import type { StackConfig } from './stack-config.ts';

/** A stack's config as the program itself would read it. */
export function configSourceOf(config: StackConfig, { environment }: Pick<CliContext, 'environment'>): ConfigSource {
  return {
    get: (key) => config.get(`nightshift:${key}`)?.value,
    keys: () => keysOf(config.keys()),
    isSecret: (key) => config.get(`nightshift:${key}`)?.secret === true,
    isSealed: (key) => config.get(`nightshift:${key}`)?.sealed === true,
    readFile: (file) => readFileSync(expandHome(file), 'utf8'),
    agent: (environment['SSH_AUTH_SOCK'] ?? '') !== '',
  };
}
