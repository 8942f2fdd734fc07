import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { readDeployment } from '../config.ts';
import type { Place } from '../init-stack/pulumi-cli.ts';
import { sourceOf } from '../init-stack/stack-source.ts';
import { isDeployed, readStackConfig, type StackConfig } from '../init-stack/stack-values.ts';
import type { Target } from './target.ts';
import { type Around, targetOf } from './target-of.ts';

/** What a stack needs, from its config. Throws SETTINGS_INVALID with every wrong key, PULUMI_MISSING or PULUMI_FAILED. */
export async function readTarget(place: Place, context: CliContext): Promise<Target> {
  const [config, deployed] = await Promise.all([readStackConfig(place, context), isDeployed(place, context)]);
  return targetOf(readDeployment(sourceOf(config, context)), aroundOf(config, deployed, context));
}

function aroundOf(config: StackConfig, deployed: boolean, { environment }: CliContext): Around {
  return {
    token: environment['LINODE_TOKEN'] || config.get('linode:token')?.value || null,
    url: environment['LINODE_URL'] || config.get('linode:url')?.value || 'https://api.linode.com',
    deployed,
  };
}
