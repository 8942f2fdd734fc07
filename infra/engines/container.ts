import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { quoteWords } from '../../jobs/runtime/shell-quoting.ts';
import { serviceOptions } from '../docker-run-options.ts';
import { runHostScript } from '../host-script.ts';
import type { ServiceSpec } from '../service-specs.ts';
import { containerArgs, containerOptions } from './container-args.ts';
import type { EngineDeps } from './engine-deps.ts';

/** The service as one container. The resource that comes back exists only once the container is healthy. */
export function deployContainer(spec: ServiceSpec, deps: EngineDeps): pulumi.Resource {
  const { deployment, host, suffix, image, resolved, contentHash, dependsOn } = deps;
  const inputs = {
    folders: deployment.folders,
    image: image.repoDigest,
    resolved,
    contentHash,
    hostId: host.id,
  };
  const container = new docker.Container(`${spec.name}${suffix}`, containerArgs(spec, inputs), {
    ...containerOptions,
    provider: host.docker,
    dependsOn,
  });
  return waitHealthy(spec, container, deps);
}

/** Waits until the container is healthy; if it never is, starts the previous image again and fails the `up`. */
function waitHealthy(
  spec: ServiceSpec,
  container: docker.Container,
  { deployment, host, suffix, resolved }: EngineDeps,
): pulumi.Resource {
  return runHostScript(
    `${spec.name}-healthy${suffix}`,
    {
      file: 'wait-healthy.sh',
      variables: {
        NAME: spec.name,
        CONTAINER: container.id,
        OPTIONS: resolved.apply((each) => quoteWords(serviceOptions(each, deployment.folders))),
        COMMAND: quoteWords(spec.command),
        HEALTH: quoteWords(spec.health.test),
        STATE: deployment.folders.state,
        STOP_SECONDS: String(spec.stopSeconds),
        TIMEOUT: String(deployment.healthTimeoutSeconds),
      },
    },
    host.scriptTarget,
    { dependsOn: [container] },
  );
}
