import { lookup } from 'node:dns/promises';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { type CheckResult, failed, passed, skipped } from './check-result.ts';
import { checkClock } from './clock-check.ts';
import { checkDisk } from './disk-check.ts';
import { checkDns, type DnsLookup } from './dns-checks.ts';
import { checkContainerNames, checkDocker, checkJoinedContainers, checkPorts } from './docker-checks.ts';
import { type HostFacts, readHostFacts } from './host-facts.ts';
import type { LinodeFacts } from './linode-facts.ts';
import { checkMail } from './mail-check.ts';
import { probeScript } from './probe-script.ts';
import { runLocally, runOverSsh, type ScriptOutput } from './run-script.ts';
import { checkSsh } from './ssh-check.ts';
import type { HostTarget, SshTarget } from './target.ts';

export type CheckDeps = Pick<CliContext, 'clock' | 'signal'>;

/** Every check of one host. `linode` has the address of a host named by its label, and the device of a volume. */
export async function checkHost(
  host: HostTarget,
  linode: Promise<LinodeFacts | null>,
  deps: CheckDeps,
): Promise<CheckResult[]> {
  const facts = await linode;
  const address = addressOf(host, facts);
  const results = await Promise.all([checkByProbe(host, address, facts, deps), checkPage(host, address)]);
  const prefix = host.name === '' ? '' : `${host.name}: `;
  return results.flat().map((result) => ({ ...result, check: `${prefix}${result.check}` }));
}

/** Null: not known, or this machine. */
function addressOf({ access }: HostTarget, facts: LinodeFacts | null): string | null {
  if (access.kind === 'address') return access.ssh.address;
  if (access.kind !== 'label') return null;
  const response = facts?.instances.get(access.label);
  return response?.kind === 'found'
    ? (response.value.data.find(({ label }) => label === access.label)?.ipv4[0] ?? null)
    : null;
}

async function checkByProbe(
  host: HostTarget,
  address: string | null,
  facts: LinodeFacts | null,
  deps: CheckDeps,
): Promise<CheckResult[]> {
  const { access } = host;
  if (access.kind === 'created') return [skipped('host', '`up` creates it')];
  const script = probeScript(host, devicePath(host, facts));
  if (access.kind === 'local') {
    const probe = await timedProbe(deps, () => runLocally(script, deps.signal));
    if (probe.facts === null) return [failed('host', probe.output.err.trim(), 'see the output of the shell.')];
    const results = checkLocalEngine(host, probe.facts, probe, access.dockerHost);
    return [passed('host', `this machine, ${access.dockerHost}`), ...results];
  }
  if (address === null) {
    const label = access.kind === 'label' ? access.label : '';
    return [
      failed(
        `host ${label}`,
        'the account has no Linode with that label, or the API did not respond',
        'check nightshift:hostLabel, and see the token check.',
      ),
    ];
  }
  const ssh: SshTarget = { ...access.ssh, address };
  const probe = await timedProbe(deps, () => runOverSsh(ssh, script, deps.signal));
  const connection = checkSsh(ssh, probe.output, probe.facts !== null);
  return [connection, ...(probe.facts === null ? [] : checkFacts(host, probe.facts, probe))];
}

/** `before` and `after`: seconds since 1970 by the clock of this machine. */
type Probe = {
  readonly output: ScriptOutput;
  readonly facts: HostFacts | null;
  readonly before: number;
  readonly after: number;
};

async function timedProbe({ clock }: CheckDeps, run: () => Promise<ScriptOutput>): Promise<Probe> {
  const seconds = () => clock.now().epochMilliseconds / 1000;
  const before = Math.floor(seconds());
  const output = await run();
  return { output, facts: readHostFacts(output.out), before, after: seconds() };
}

/** Of an engine on another machine only Docker itself can be checked, not ports and disks. */
function checkLocalEngine(host: HostTarget, facts: HostFacts, probe: Probe, dockerHost: string): CheckResult[] {
  return dockerHost.startsWith('unix:')
    ? checkFacts(host, facts, probe)
    : [checkDocker(facts), checkContainerNames(facts, host), ...checkJoinedContainers(facts, host)];
}

function checkFacts(host: HostTarget, facts: HostFacts, { before, after }: Probe): CheckResult[] {
  return [
    checkDocker(facts),
    checkContainerNames(facts, host),
    ...checkJoinedContainers(facts, host),
    ...checkPorts(facts, host.ports),
    ...(host.disk === null ? [] : [checkDisk(facts, host.disk)]),
    ...(host.mail === null ? [] : [checkMail(facts, host.mail)]),
    checkClock(facts, before, after),
  ];
}

/** Path of the volume's device on the host: from the API for an adopted volume, from the label for a new one. */
function devicePath({ disk }: HostTarget, facts: LinodeFacts | null): string | null {
  if (disk?.volume.kind === 'created') return `/dev/disk/by-id/scsi-0Linode_Volume_${disk.volume.label}`;
  if (disk?.volume.kind !== 'adopted') return null;
  const response = facts?.volumes.get(disk.volume.id);
  return response?.kind === 'found' ? response.value.filesystem_path : null;
}

async function checkPage({ page }: HostTarget, address: string | null): Promise<CheckResult[]> {
  if (page === null) return [];
  const host = address === null ? null : await resolveName(address);
  const hosts = host !== null && 'addresses' in host ? host.addresses : [];
  return [checkDns(page, await resolveName(page.name), hosts)];
}

async function resolveName(name: string): Promise<DnsLookup> {
  try {
    const records = await lookup(name, { all: true });
    return { addresses: records.map(({ address }) => address) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
