import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { readDeployment } from '../config.ts';
import { configSourceOf } from '../stack/config-source.ts';
import type { StackRef } from '../stack/pulumi-cli.ts';
import { isDeployed, readStackConfig, type StackConfig } from '../stack/stack-config.ts';
import type { StackTarget } from './target.ts';
import { type TargetOptions, targetOf } from './target-of.ts';

/** What a stack needs, from its config. Throws SETTINGS_INVALID, which lists every invalid key, PULUMI_MISSING or PULUMI_FAILED. */
export async function readTarget(stack: StackRef, context: CliContext): Promise<StackTarget> {
  const [config, deployed] = await Promise.all([readStackConfig(stack, context), isDeployed(stack, context)]);
  return targetOf(readDeployment(configSourceOf(config, context)), optionsOf(config, deployed, context));
}

function optionsOf(config: StackConfig, deployed: boolean, { environment }: CliContext): TargetOptions {
  return {
    token: environment['LINODE_TOKEN'] || config.get('linode:token')?.value || null,
    url: environment['LINODE_URL'] || config.get('linode:url')?.value || 'https://api.linode.com',
    deployed,
  };
}
