import { expandHome } from '../config/source.ts';
import { type Deployment, type DiskPlan, type HostDeployment, type HostPlan, usesLinode } from '../deployment.ts';
import { servicesOf } from '../service-specs.ts';
import type { DiskTarget, HostAccess, HostTarget, LinodeTarget, StackTarget } from './target.ts';

/** What the config does not say. `deployed`: an `up` has run. */
export type TargetOptions = { readonly token: string | null; readonly url: string; readonly deployed: boolean };

/** The parts of a deployment that can be checked before it exists. */
export function targetOf(deployment: Deployment, options: TargetOptions): StackTarget {
  return { linode: linodeOf(deployment, options), hosts: deployment.hosts.map(hostOf) };
}

function linodeOf(deployment: Deployment, { token, url, deployed }: TargetOptions): LinodeTarget | null {
  if (!usesLinode(deployment)) return null;
  const { bucket, hosts } = deployment;
  const places = hosts.map(({ host }) => host.place);
  const disks = hosts.flatMap(({ disk }) => (disk?.kind === 'create' || disk?.kind === 'adopt' ? [disk] : []));
  const regions = [
    ...disks.map(({ region }) => region),
    ...places.flatMap((place) => (place.kind === 'create' ? [place.region] : [])),
  ];
  return {
    token,
    url,
    bucket: bucket === null ? null : { label: bucket.label, region: bucket.region, ours: bucket.adopt || deployed },
    regions: [...new Set(regions)],
    createsHost: places.some(({ kind }) => kind === 'create'),
    firewall: hosts.some(({ host }) => host.firewall),
  };
}

function hostOf(host: HostDeployment): HostTarget {
  const { summary, mail } = host;
  const services = servicesOf(host);
  const caddy = summary?.front.kind === 'caddy';
  const published = services.flatMap(({ publish }) => (publish === null ? [] : [publish.external]));
  return {
    name: host.name,
    access: accessOf(host.host),
    disk: diskOf(host.disk, host.folders.data),
    ports: caddy ? [80, 443, ...published] : published,
    containers:
      host.engine.kind === 'swarm' ? [] : [...services.map(({ name }) => name), ...(caddy ? ['nightshift-caddy'] : [])],
    replace: host.replaceContainers,
    mail,
    page: summary?.url ? { name: new URL(summary.url).hostname, domain: host.host.domain } : null,
  };
}

function accessOf({ place, user, port, keyFile, dockerHost }: HostPlan): HostAccess {
  const options = keyFile === null ? [] : ['-i', expandHome(keyFile), '-o', 'IdentitiesOnly=yes'];
  if (place.kind === 'create') return { kind: 'created' };
  if (place.kind === 'engine') return { kind: 'local', dockerHost: dockerHost ?? '' };
  if (place.kind === 'label') return { kind: 'label', label: place.label, ssh: { user, port, options } };
  return { kind: 'address', ssh: { user, port, options, address: place.address } };
}

function diskOf(disk: DiskPlan | null, data: string): DiskTarget {
  if (disk === null) return { mountPoint: data, volume: { kind: 'folder' } };
  const { mountPoint } = disk;
  if (disk.kind === 'mounted') return { mountPoint, volume: { kind: 'mounted' } };
  if (disk.kind === 'create') return { mountPoint, volume: { kind: 'created', label: disk.label } };
  return { mountPoint, volume: { kind: 'adopted', id: disk.volumeId } };
}
