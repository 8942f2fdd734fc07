import * as docker from '@pulumi/docker';
import type * as linode from '@pulumi/linode';
import * as pulumi from '@pulumi/pulumi';
import type { Bucket } from './bucket.ts';
import { caddy } from './caddy.ts';
import type { SecretKeyName } from './config/keys.ts';
import type { HostDeployment } from './deployment.ts';
import { dataDisk } from './disk.ts';
import type { SecretTexts } from './files.ts';
import { reachHost } from './host.ts';
import { hostCommand } from './host-command.ts';
import { buildImage, type CompiledImage } from './images.ts';
import { type Ground, type RunningService, runService } from './run-service.ts';
import { networkOf, type ServiceSpec, servicesOf } from './services.ts';
import { hostScript, scriptText } from './shell.ts';

/** What the whole stack has, for each of its hosts. */
export type StackParts = {
  readonly bucket: Bucket | null;
  readonly cloud: linode.Provider | null;
  readonly images: readonly CompiledImage[];
  readonly secretNames: readonly SecretKeyName[];
  readonly secrets: SecretTexts;
};

/** Host, disk, folders, images, services, the host's command: in this order. Returns where the host is. */
export function deployHost(deployment: HostDeployment, parts: StackParts): pulumi.Output<string> {
  const suffix = deployment.name === '' ? '' : `-${deployment.name}`;
  const host = reachHost(deployment.host, deployment.summary?.url ?? null, suffix, parts.cloud);
  const disk =
    deployment.disk === null
      ? []
      : dataDisk(deployment.disk, deployment.folders.data, { host, suffix, cloud: parts.cloud });
  const prepared = prepareHost(deployment, suffix, host.shell, [...host.dependsOn, ...disk]);
  const swarm = deployment.engine.kind === 'swarm';
  const network = new docker.Network(
    `${swarm ? 'swarm-network' : 'network'}${suffix}`,
    { name: networkOf(deployment), driver: swarm ? 'overlay' : 'bridge', attachable: true },
    { provider: host.docker, dependsOn: [prepared] },
  );
  const dependsOn = [prepared, network];
  const ground = {
    deployment,
    host,
    suffix,
    late: lateOf(deployment, parts.bucket),
    secrets: parts.secrets,
    dependsOn,
  };
  const running = servicesOf(deployment, parts.secretNames).map((spec) => {
    const options = { provider: host.docker, dependsOn: [prepared] };
    const compiled = compiledFor(spec, parts.images);
    const image = buildImage(compiled, { suffix, platform: deployment.platform }, options);
    const service = runService(spec, image, ground);
    pruneImages(spec, image, service, ground);
    return service;
  });
  if (deployment.summary?.front.kind === 'caddy' && deployment.summary.url !== null)
    caddy(deployment.summary.url, { deployment, host, suffix, dependsOn: running.map(({ settled }) => settled) });
  installCommand(running, ground);
  return pulumi.output(host.address ?? deployment.host.dockerHost ?? '');
}

function prepareHost(
  { disk, folders, store, summary }: HostDeployment,
  suffix: string,
  shell: Ground['host']['shell'],
  dependsOn: pulumi.Resource[],
): pulumi.Resource {
  const made = [`${folders.state}/state`, `${folders.state}/staging`];
  if (store.kind === 'folder') made.push(store.folder);
  if (summary?.front.kind === 'caddy') made.push(`${folders.state}/caddy`);
  const variables = {
    DISK: disk === null ? 'none' : 'mounted',
    MOUNT_POINT: disk?.mountPoint ?? '',
    DATA_FOLDER: folders.data,
    FOLDERS: made.join(' '),
  };
  return hostScript(`folders${suffix}`, { file: 'prepare-host.sh', variables }, shell, { dependsOn });
}

function lateOf({ store }: HostDeployment, bucket: Bucket | null): Ground['late'] {
  if (store.kind === 's3') return { endpoint: store.endpoint, bucket: store.bucket, region: 'us-east-1' };
  if (bucket === null) return { endpoint: '', bucket: '', region: '' };
  // The stem of the S3 host's name, as the jobs' LINODE_REGION has it.
  const region = bucket.endpoint.apply((endpoint) => new URL(endpoint).hostname.split('.')[0] ?? '');
  return { endpoint: bucket.endpoint, bucket: bucket.label, region };
}

function compiledFor({ image }: ServiceSpec, images: readonly CompiledImage[]): CompiledImage {
  const found = images.find(({ name }) => name === image);
  if (found === undefined) throw new Error(`${image} was not compiled.`);
  return found;
}

function pruneImages(spec: ServiceSpec, image: docker.Image, { settled }: RunningService, ground: Ground): void {
  const variables = { NAME: spec.image, LATEST: image.imageName };
  hostScript(`${spec.name}-images${ground.suffix}`, { file: 'prune-images.sh', variables }, ground.host.shell, {
    dependsOn: [settled],
  });
}

function installCommand(running: readonly RunningService[], { deployment, host, suffix }: Ground): void {
  const content = pulumi.all(running.map(({ known }) => known)).apply(([backup, summary]) => {
    if (backup === undefined) return '';
    const text = hostCommand(scriptText('nightshift.sh'), { backup, summary: summary ?? null }, deployment.folders);
    return Buffer.from(text).toString('base64');
  });
  const variables = { FOLDER: deployment.folders.command, CONTENT: content };
  const removes = `${deployment.folders.command}/nightshift`;
  hostScript(`command${suffix}`, { file: 'install-command.sh', variables, removes }, host.shell, {
    dependsOn: running.map(({ settled }) => settled),
  });
}
