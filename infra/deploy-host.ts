import * as docker from '@pulumi/docker';
import type * as linode from '@pulumi/linode';
import * as pulumi from '@pulumi/pulumi';
import type { BucketResource } from './bucket.ts';
import { deployCaddy } from './caddy.ts';
import { type DeployedService, deployService, type ServiceDeps } from './deploy-service.ts';
import type { HostDeployment } from './deployment.ts';
import { mountDataDisk } from './disk.ts';
import { type HostResource, provisionHost } from './host.ts';
import { hostCommand } from './host-command.ts';
import { readHostScript, runHostScript } from './host-script.ts';
import { buildImage, type CompiledImage } from './images.ts';
import type { DeferredValues } from './resolved-spec.ts';
import { base64, type SecretValues } from './service-files.ts';
import { networkOf, type ServiceSpec, servicesOf } from './service-specs.ts';

/** What the hosts of a stack share. */
export type HostDeps = {
  readonly bucket: BucketResource | null;
  readonly cloud: linode.Provider | null;
  readonly images: readonly CompiledImage[];
  readonly secrets: SecretValues;
};

/** Host, disk, folders, images, services, the host's command: in this order. Returns the host's address. */
export function deployHost(deployment: HostDeployment, deps: HostDeps): pulumi.Output<string> {
  const { bucket, cloud } = deps;
  const suffix = deployment.name === '' ? '' : `-${deployment.name}`;
  const host = provisionHost(deployment.host, deployment.summary?.url ?? null, suffix, cloud);
  const disk =
    deployment.disk === null ? [] : mountDataDisk(deployment.disk, deployment.folders.data, { host, suffix, cloud });
  const folders = prepareHost(deployment, suffix, host, [...host.dependsOn, ...disk]);
  const network = createNetwork(deployment, suffix, host, [folders]);
  const deferred = deferredValues(deployment, bucket);
  const dependsOn = [folders, network];
  const serviceDeps = { deployment, host, suffix, network, deferred, secrets: deps.secrets, dependsOn };
  const services = servicesOf(deployment).map((spec) => {
    const compiled = compiledImageFor(spec, deps.images);
    const imageOptions = { provider: host.docker, dependsOn: [folders] };
    const image = buildImage(compiled, { suffix, platform: deployment.platform }, imageOptions);
    const service = deployService(spec, image, serviceDeps);
    pruneImages(spec, image, service, serviceDeps);
    return service;
  });
  if (deployment.summary?.front.kind === 'caddy' && deployment.summary.url !== null)
    deployCaddy(deployment.summary.url, {
      deployment,
      host,
      suffix,
      dependsOn: services.map(({ healthy }) => healthy),
    });
  installCommand(services, serviceDeps);
  return pulumi.output(host.address ?? deployment.host.dockerHost ?? '');
}

function prepareHost(
  { host, engine, disk, folders, store, summary }: HostDeployment,
  suffix: string,
  { scriptTarget }: HostResource,
  dependsOn: pulumi.Resource[],
): pulumi.Resource {
  const created = [`${folders.state}/state`, `${folders.state}/staging`];
  if (store.kind === 'folder') created.push(store.folder);
  if (summary?.front.kind === 'caddy') created.push(`${folders.state}/caddy`);
  const variables = {
    DOCKER_AS_USER: host.dockerHost === null || host.dockerHost.startsWith('unix:') ? 'yes' : 'no',
    ENGINE: engine.kind,
    SWARM_NODE: engine.kind === 'swarm' ? (engine.node ?? '') : '',
    DISK: disk === null ? 'none' : 'mounted',
    MOUNT_POINT: disk?.mountPoint ?? '',
    DATA_FOLDER: folders.data,
    FOLDERS: created.join(' '),
  };
  return runHostScript(`folders${suffix}`, { file: 'prepare-host.sh', variables }, scriptTarget, { dependsOn });
}

function createNetwork(
  deployment: HostDeployment,
  suffix: string,
  { docker: provider }: HostResource,
  dependsOn: pulumi.Resource[],
): docker.Network {
  const swarm = deployment.engine.kind === 'swarm';
  return new docker.Network(
    `${swarm ? 'swarm-network' : 'network'}${suffix}`,
    { name: networkOf(deployment), driver: swarm ? 'overlay' : 'bridge', attachable: true },
    { provider, dependsOn },
  );
}

function deferredValues({ store }: HostDeployment, bucket: BucketResource | null): DeferredValues {
  if (store.kind === 's3') return { endpoint: store.endpoint, bucket: store.bucket, region: 'us-east-1' };
  if (bucket === null) return { endpoint: '', bucket: '', region: '' };
  // LINODE_REGION is the first label of the S3 host's name.
  const region = bucket.endpoint.apply((endpoint) => new URL(endpoint).hostname.split('.')[0] ?? '');
  return { endpoint: bucket.endpoint, bucket: bucket.label, region };
}

function compiledImageFor({ image }: ServiceSpec, images: readonly CompiledImage[]): CompiledImage {
  const compiled = images.find(({ name }) => name === image);
  if (compiled === undefined) throw new Error(`${image} was not compiled.`);
  return compiled;
}

function pruneImages(
  spec: ServiceSpec,
  image: docker.Image,
  { healthy }: DeployedService,
  { host, suffix }: ServiceDeps,
): void {
  const variables = { NAME: spec.image, LATEST: image.imageName };
  const script = { file: 'prune-images.sh', variables };
  runHostScript(`${spec.name}-images${suffix}`, script, host.scriptTarget, { dependsOn: [healthy] });
}

function installCommand(services: readonly DeployedService[], { deployment, host, suffix }: ServiceDeps): void {
  const content = pulumi.all(services.map(({ resolved }) => resolved)).apply(([backup, summary]) => {
    if (backup === undefined) return '';
    const template = readHostScript('nightshift.sh');
    return base64(hostCommand(template, { backup, summary: summary ?? null }, deployment.folders));
  });
  const variables = { FOLDER: deployment.folders.command, CONTENT: content };
  const removes = `${deployment.folders.command}/nightshift`;
  runHostScript(`command${suffix}`, { file: 'install-command.sh', variables, removes }, host.scriptTarget, {
    dependsOn: services.map(({ healthy }) => healthy),
  });
}
