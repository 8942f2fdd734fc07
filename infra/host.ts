import { readFileSync } from 'node:fs';
import * as docker from '@pulumi/docker';
import * as linode from '@pulumi/linode';
import * as pulumi from '@pulumi/pulumi';
import { expandHome } from './config/source.ts';
import type { HostPlan } from './deployment.ts';
import type { Shell } from './shell.ts';

/** The machine, and how it is reached. */
export type Host = {
  /** Changes when the machine is another one. */
  readonly id: pulumi.Input<string>;
  readonly address: pulumi.Output<string> | null;
  /** Number of the Linode; asked for only where it is used. */
  linodeId(): pulumi.Output<number>;
  readonly shell: Shell;
  readonly docker: docker.Provider;
  readonly dependsOn: pulumi.Resource[];
};

type Machine = {
  readonly id: pulumi.Input<string>;
  readonly address: pulumi.Output<string> | null;
  readonly linodeId: () => pulumi.Output<number>;
  readonly dependsOn: pulumi.Resource[];
};

/** Finds the host or makes it, with its firewall and the DNS record of the summary page. */
export function reachHost(plan: HostPlan, page: string | null, suffix: string, cloud: linode.Provider | null): Host {
  const machine = machineOf(plan, suffix, cloud);
  if (plan.firewall) firewall(machine, plan.port, suffix, cloud);
  if (plan.domain !== null && page !== null && machine.address !== null)
    record(page, plan.domain, machine.address, suffix, cloud);
  const provider = new docker.Provider(
    `docker${suffix}`,
    {
      host: plan.dockerHost ?? pulumi.interpolate`ssh://${plan.user}@${machine.address ?? ''}:${plan.port}`,
      ...(plan.dockerHost === null ? { sshOpts: sshOptions(plan) } : {}),
      // A preview in which no container changes reaches no daemon.
      disableDockerDaemonCheck: true,
    },
    { dependsOn: machine.dependsOn },
  );
  return { ...machine, shell: shellOf(plan, machine), docker: provider };
}

/** One connection for all that Docker does: an SSH server drops a crowd (MaxStartups). */
function sshOptions({ keyFile, place }: HostPlan): string[] {
  const options = ['ControlMaster=auto', 'ControlPersist=60s', 'ControlPath=~/.ssh/nightshift-%C'];
  if (place.kind === 'create') options.push('StrictHostKeyChecking=accept-new', 'ConnectionAttempts=30');
  if (keyFile !== null) options.push('IdentitiesOnly=yes');
  const identity = keyFile === null ? [] : ['-i', expandHome(keyFile)];
  return [...identity, ...options.flatMap((option) => ['-o', option])];
}

function shellOf({ place, user, port, keyFile, hostKey, dockerHost }: HostPlan, { address }: Machine): Shell {
  if (place.kind === 'engine' || address === null) return { kind: 'here', dockerHost };
  const privateKey = keyFile === null ? {} : { privateKey: pulumi.secret(readFileSync(expandHome(keyFile), 'utf8')) };
  // A machine that was just made refuses connections for a while.
  const patience = { dialErrorLimit: place.kind === 'create' ? 60 : 10, perDialTimeout: 15 };
  return {
    kind: 'ssh',
    connection: pulumi.output({
      ...{ host: address, user, port, ...privateKey, ...patience },
      ...(hostKey === null ? {} : { hostKey }),
    }),
  };
}

function machineOf({ place }: HostPlan, suffix: string, cloud: linode.Provider | null): Machine {
  const opts = { provider: cloud ?? undefined };
  if (place.kind === 'engine') return { id: 'engine', address: null, linodeId: noLinode, dependsOn: [] };
  if (place.kind === 'create') {
    const instance = new linode.Instance(
      `host${suffix}`,
      {
        label: place.label,
        region: place.region,
        type: place.type,
        image: 'linode/debian12',
        authorizedKeys: [place.publicKey],
        metadatas: [{ userData: Buffer.from(cloudInit).toString('base64') }],
      },
      { ...opts, protect: true },
    );
    return {
      id: instance.id,
      address: instance.ipAddress,
      linodeId: () => instance.id.apply(Number),
      dependsOn: [instance],
    };
  }
  const find = (pick: (found: linode.GetInstancesResult['instances'][number]) => boolean, what: string) =>
    linode.getInstancesOutput({}, opts).instances.apply((all) => {
      const found = all.find(pick);
      if (found === undefined)
        throw new Error(`This Linode account has no host ${what}: correct hostLabel or sshHost.`);
      return found;
    });
  if (place.kind === 'address') {
    const { address } = place;
    const linodeId = () => find(({ ipAddress, ipv4s }) => [ipAddress, ...ipv4s].includes(address), address).id;
    return { id: address, address: pulumi.output(address), linodeId, dependsOn: [] };
  }
  const found = find(({ label }) => label === place.label, place.label);
  return { id: found.id.apply(String), address: found.ipAddress, linodeId: () => found.id, dependsOn: [] };
}

function noLinode(): never {
  throw new Error('The host is no Linode.');
}

/** Docker from Debian, and nothing else. */
const cloudInit = `#cloud-config
package_update: true
packages: [docker.io, e2fsprogs, util-linux]
runcmd:
  - [systemctl, enable, --now, docker]
`;

function firewall(
  { linodeId, dependsOn }: Machine,
  sshPort: number,
  suffix: string,
  cloud: linode.Provider | null,
): void {
  const open = (label: string, ports: string) => ({
    label,
    action: 'ACCEPT',
    protocol: 'TCP',
    ports,
    ipv4s: ['0.0.0.0/0'],
    ipv6s: ['::/0'],
  });
  new linode.Firewall(
    `firewall${suffix}`,
    {
      label: `nightshift${suffix}`,
      inboundPolicy: 'DROP',
      outboundPolicy: 'ACCEPT',
      inbounds: [open('ssh', String(sshPort)), open('http', '80'), open('https', '443')],
      linodes: [linodeId()],
    },
    { provider: cloud ?? undefined, dependsOn },
  );
}

function record(
  page: string,
  domain: string,
  address: pulumi.Output<string>,
  suffix: string,
  cloud: linode.Provider | null,
): void {
  const opts = { provider: cloud ?? undefined };
  const filters = [{ name: 'domain', values: [domain] }];
  const domainId = linode
    .getDomainsOutput({ filters }, opts)
    .apply(({ domains }) => domains)
    .apply((all) => {
      const found = all?.[0];
      if (found?.id === undefined) throw new Error(`${domain} is not among the domains of this Linode account.`);
      return Number(found.id);
    });
  const name = new URL(page).hostname.slice(0, -domain.length - 1);
  new linode.DomainRecord(`page${suffix}`, { domainId, name, recordType: 'A', target: address, ttlSec: 300 }, opts);
}
