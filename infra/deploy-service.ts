import type * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { quoteWords } from '../jobs/runtime/shell-quoting.ts';
import type { HostDeployment } from './deployment.ts';
import { runOptions } from './docker-run-options.ts';
import { deployContainer } from './engines/container.ts';
import { deploySwarmService } from './engines/swarm.ts';
import type { HostResource } from './host.ts';
import { runHostScript } from './host-script.ts';
import { type DeferredValues, type ResolvedSpec, resolveSpec } from './resolved-spec.ts';
import { contentHash, type SecretValues, secretsOf, writeFiles } from './service-files.ts';
import type { ServiceSpec } from './service-specs.ts';

/** What every service of a host needs. */
export type ServiceDeps = {
  readonly deployment: HostDeployment;
  readonly host: HostResource;
  /** End of every resource name. */
  readonly suffix: string;
  readonly network: docker.Network;
  readonly deferred: DeferredValues;
  readonly secrets: SecretValues;
  /** Disk, folders, network: created before any service. */
  readonly dependsOn: pulumi.Resource[];
};

/** `healthy` exists only once the service is healthy. */
export type DeployedService = { readonly resolved: pulumi.Output<ResolvedSpec>; readonly healthy: pulumi.Resource };

/** One service: its files, the check of the new image, the service itself, the wait until it is healthy. */
export function deployService(spec: ServiceSpec, image: docker.Image, deps: ServiceDeps): DeployedService {
  const { deployment, host, suffix, network } = deps;
  const { folders } = deployment;
  const resolved = resolveSpec(spec, deps.deferred);
  const secrets = secretsOf(spec, deps.secrets);
  const hash = contentHash(secrets, spec.files);
  const files = writeFiles(
    spec,
    { secrets, folders, suffix, target: host.scriptTarget },
    { dependsOn: deps.dependsOn },
  );
  const candidate = runHostScript(
    `${spec.name}-candidate${suffix}`,
    {
      file: 'check-candidate.sh',
      variables: {
        NAME: spec.name,
        IMAGE: image.repoDigest,
        OPTIONS: resolved.apply((each) => quoteWords(runOptions(each, folders))),
        CHECK: quoteWords(spec.check),
        REPLACE: String(deployment.replaceContainers),
        STOP_SECONDS: String(spec.stopSeconds),
        // A new secret or setting is checked as well.
        CONTENT: hash,
      },
      showsWarnings: true,
    },
    host.scriptTarget,
    { dependsOn: [...deps.dependsOn, ...files, image] },
  );
  const deploy = deployment.engine.kind === 'swarm' ? deploySwarmService : deployContainer;
  const dependsOn = [candidate];
  const engineDeps = { deployment, host, suffix, network, image, resolved, secrets, contentHash: hash, dependsOn };
  const healthy = deploy(spec, engineDeps);
  return { resolved, healthy };
}
