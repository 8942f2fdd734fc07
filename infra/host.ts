import { readFileSync } from 'node:fs';
import * as docker from '@pulumi/docker';
import * as linode from '@pulumi/linode';
import * as pulumi from '@pulumi/pulumi';
import { expandHome } from './config/source.ts';
import type { HostPlan } from './deployment.ts';
import { createDnsRecord } from './dns-record.ts';
import { createFirewall } from './firewall.ts';
import { runHostScript, type ScriptTarget } from './host-script.ts';
import { isKnownHost, writeKnownHosts } from './known-hosts.ts';
import { base64 } from './service-files.ts';

type Machine = {
  /** Changes when the machine is replaced. */
  readonly id: pulumi.Input<string>;
  readonly address: pulumi.Output<string> | null;
  /** Id of the Linode; looked up only when called. Throws when the host is not a Linode. */
  linodeId(): pulumi.Output<number>;
  readonly dependsOn: pulumi.Resource[];
};

/** The machine and how to connect to it. */
export type HostResource = Machine & { readonly scriptTarget: ScriptTarget; readonly docker: docker.Provider };

/** Looks up or creates the host, with its firewall and the DNS record of the summary page (`page`, a URL). */
export function provisionHost(
  plan: HostPlan,
  page: string | null,
  suffix: string,
  cloud: linode.Provider | null,
): HostResource {
  const machine = machineOf(plan, suffix, cloud);
  const options = { provider: cloud ?? undefined };
  if (plan.firewall)
    createFirewall(machine.linodeId(), plan.port, suffix, { ...options, dependsOn: machine.dependsOn });
  if (plan.domain !== null && page !== null && machine.address !== null)
    createDnsRecord(page, plan.domain, machine.address, suffix, options);
  const provider = new docker.Provider(
    `docker${suffix}`,
    {
      host: plan.dockerHost ?? pulumi.interpolate`ssh://${plan.user}@${machine.address ?? ''}:${plan.port}`,
      ...(plan.dockerHost === null ? { sshOpts: sshOptions(plan) } : {}),
      // So that a preview in which no container changes needs no Docker daemon.
      disableDockerDaemonCheck: true,
    },
    { dependsOn: machine.dependsOn },
  );
  const scriptTarget = scriptTargetOf(plan, machine);
  const ready = plan.place.kind === 'create' ? [waitForCloudInit(suffix, scriptTarget, machine)] : [];
  return { ...machine, dependsOn: [...machine.dependsOn, ...ready], scriptTarget, docker: provider };
}

/** A new machine answers over SSH minutes before it has Docker. */
function waitForCloudInit(suffix: string, target: ScriptTarget, { dependsOn }: Machine): pulumi.Resource {
  const script = { file: 'wait-cloud-init.sh', variables: { TIMEOUT: '900' }, showsWarnings: true } as const;
  return runHostScript(`cloud-init${suffix}`, script, target, { dependsOn });
}

/** One shared connection: an SSH server drops many at once (MaxStartups). It says something while a stop takes minutes. */
function sshOptions({ keyFile, hostKey, place, port }: HostPlan): string[] {
  const options = ['ControlMaster=auto', 'ControlPersist=60s', 'ControlPath=~/.ssh/nightshift-%C'];
  options.push('ServerAliveInterval=30', 'ServerAliveCountMax=10');
  if (place.kind === 'create') options.push('ConnectionAttempts=30');
  if (hostKey !== null) options.push('StrictHostKeyChecking=yes', `UserKnownHostsFile=${writeKnownHosts(hostKey)}`);
  else if (place.kind === 'create') options.push('StrictHostKeyChecking=accept-new');
  else if (place.kind === 'address' && !isKnownHost(place.address, port))
    void pulumi.log.warn(
      `This machine has no host key of ${place.address} in known_hosts, so that Docker's ssh may refuse to connect. The key is what proves that it is your host: read it there with \`cat /etc/ssh/ssh_host_ed25519_key.pub\` (or in its console), then: pulumi config set nightshift:sshHostKey 'ssh-ed25519 …'`,
    );
  if (keyFile !== null) options.push('IdentitiesOnly=yes');
  const identity = keyFile === null ? [] : ['-i', expandHome(keyFile)];
  return [...identity, ...options.flatMap((option) => ['-o', option])];
}

function scriptTargetOf(
  { place, user, port, keyFile, hostKey, dockerHost }: HostPlan,
  { address }: Machine,
): ScriptTarget {
  if (place.kind === 'engine' || address === null) return { kind: 'local', dockerHost };
  const privateKey = keyFile === null ? {} : { privateKey: pulumi.secret(readFileSync(expandHome(keyFile), 'utf8')) };
  // A new machine refuses connections while it boots.
  const dialLimits = { dialErrorLimit: place.kind === 'create' ? 60 : 10, perDialTimeout: 15 };
  return {
    kind: 'ssh',
    connection: pulumi.output({
      ...{ host: address, user, port, ...privateKey, ...dialLimits },
      ...(hostKey === null ? {} : { hostKey }),
    }),
  };
}

function machineOf({ place }: HostPlan, suffix: string, cloud: linode.Provider | null): Machine {
  const opts = { provider: cloud ?? undefined };
  if (place.kind === 'engine') return { id: 'engine', address: null, linodeId: notALinode, dependsOn: [] };
  if (place.kind === 'create') {
    const instance = new linode.Instance(
      `host${suffix}`,
      {
        label: place.label,
        region: place.region,
        type: place.type,
        image: 'linode/debian12',
        authorizedKeys: [place.publicKey],
        metadatas: [{ userData: base64(cloudInit) }],
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
  const findInstance = (matches: (instance: linode.GetInstancesResult['instances'][number]) => boolean, name: string) =>
    linode.getInstancesOutput({}, opts).instances.apply((instances) => {
      const instance = instances.find(matches);
      if (instance === undefined)
        throw new Error(`This Linode account has no host ${name}: correct hostLabel or sshHost.`);
      return instance;
    });
  if (place.kind === 'address') {
    const { address } = place;
    const linodeId = () => findInstance(({ ipAddress, ipv4s }) => [ipAddress, ...ipv4s].includes(address), address).id;
    return { id: address, address: pulumi.output(address), linodeId, dependsOn: [] };
  }
  const instance = findInstance(({ label }) => label === place.label, place.label);
  return { id: instance.id.apply(String), address: instance.ipAddress, linodeId: () => instance.id, dependsOn: [] };
}

function notALinode(): never {
  throw new Error('The host is not a Linode.');
}

/** Docker from Debian, and what mount-disk.sh needs. */
const cloudInit = `#cloud-config
package_update: true
packages: [docker.io, e2fsprogs, util-linux]
runcmd:
  - [systemctl, enable, --now, docker]
`;
