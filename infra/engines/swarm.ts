import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { base64 } from '../service-files.ts';
import type { ServiceSpec } from '../service-specs.ts';
import type { EngineDeps } from './engine-deps.ts';
import { type SwarmFile, swarmArgs } from './swarm-args.ts';

/** The service on Docker Swarm, which waits until it is healthy and rolls back by itself. */
export function deploySwarmService(spec: ServiceSpec, deps: EngineDeps): pulumi.Resource {
  const { deployment, host, suffix, network, image, resolved, secrets, contentHash, dependsOn } = deps;
  const { engine, healthTimeoutSeconds } = deployment;
  const opts = { provider: host.docker };
  // A Swarm secret or config cannot change: new content gets a new name, and the old one is deleted after the update.
  const objectName = (name: string) => pulumi.interpolate`${spec.name}-${name}-${contentHash}`;
  const secretFiles = Object.keys(spec.secrets).map((name): SwarmFile => {
    const data = pulumi.secret(secrets.apply((contents) => base64(contents[name] ?? '')));
    const secret = new docker.Secret(`${spec.name}-${name}${suffix}`, { name: objectName(name), data }, opts);
    return { name, id: secret.id, objectName: secret.name };
  });
  const configFiles = Object.entries(spec.files).map(([name, text]): SwarmFile => {
    const args = { name: objectName(name), data: base64(text) };
    const config = new docker.ServiceConfig(`${spec.name}-${name}${suffix}`, args, opts);
    return { name, id: config.id, objectName: config.name };
  });
  const [, ...others] = spec.networks;
  const inputs = {
    networks: [network.id, ...others.map((name) => docker.getNetworkOutput({ name }, opts).id)],
    image: image.repoDigest,
    resolved,
    secrets: secretFiles,
    configs: configFiles,
    node: engine.kind === 'swarm' ? engine.node : null,
    healthTimeoutSeconds,
  };
  return new docker.Service(`${spec.name}${suffix}`, swarmArgs(spec, inputs), { ...opts, dependsOn });
}
