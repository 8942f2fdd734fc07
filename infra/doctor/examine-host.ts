import { lookup } from 'node:dns/promises';
import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { judgeDisk } from './disk-verdict.ts';
import { judgeDocker, judgeNames, judgePorts } from './docker-verdicts.ts';
import { type HostFacts, readHostFacts } from './host-facts.ts';
import { hostScript } from './host-script.ts';
import type { LinodeFacts } from './linode-facts.ts';
import { judgeClock, judgeMail, judgePage, type Lookup } from './reach-verdicts.ts';
import { here, overSsh, type ShellAnswer } from './shell.ts';
import { judgeSsh } from './ssh-verdict.ts';
import type { HostTarget, SshTarget } from './target.ts';
import { fail, later, ok, type Verdict } from './verdict.ts';

type Tools = Pick<CliContext, 'clock' | 'signal'>;

/** Everything of one host; `linode` tells the address behind a label, and where a volume appears. */
export async function examineHost(
  host: HostTarget,
  linode: Promise<LinodeFacts | null>,
  tools: Tools,
): Promise<Verdict[]> {
  const facts = await linode;
  const address = addressOf(host, facts);
  const [looked, page] = await Promise.all([lookOver(host, address, facts, tools), examinePage(host, address)]);
  const prefix = host.name === '' ? '' : `${host.name}: `;
  return [...looked, ...page].map((verdict) => ({ ...verdict, part: `${prefix}${verdict.part}` }));
}

/** Null: not known, or this machine. */
function addressOf({ reach }: HostTarget, facts: LinodeFacts | null): string | null {
  if (reach.kind === 'address') return reach.ssh.address;
  if (reach.kind !== 'label') return null;
  const answer = facts?.instances.get(reach.label);
  return answer?.kind === 'found'
    ? (answer.value.data.find(({ label }) => label === reach.label)?.ipv4[0] ?? null)
    : null;
}

async function lookOver(
  host: HostTarget,
  address: string | null,
  facts: LinodeFacts | null,
  tools: Tools,
): Promise<Verdict[]> {
  const { reach } = host;
  if (reach.kind === 'made') return [later('host', '`up` makes it')];
  const script = hostScript(host, devicePath(host, facts));
  if (reach.kind === 'local') {
    const look = await timed(tools, () => here(script, tools.signal));
    if (look.facts === null) return [fail('host', look.answer.err.trim(), 'see what the shell said.')];
    return [ok('host', `this machine, ${reach.dockerHost}`), ...judgeHere(host, look.facts, look, reach.dockerHost)];
  }
  if (address === null) {
    const label = reach.kind === 'label' ? reach.label : '';
    return [
      fail(
        `host ${label}`,
        'the account has no Linode of that label, or could not be asked',
        'check nightshift:hostLabel, and the line of the token.',
      ),
    ];
  }
  const ssh: SshTarget = { ...reach.ssh, address };
  const look = await timed(tools, () => overSsh(ssh, script, tools.signal));
  const reached = judgeSsh(ssh, look.answer, look.facts !== null);
  return [reached, ...(look.facts === null ? [] : judgeHost(host, look.facts, look))];
}

/** `before` and `after`: seconds since 1970 by the clock here. */
type Look = {
  readonly answer: ShellAnswer;
  readonly facts: HostFacts | null;
  readonly before: number;
  readonly after: number;
};

async function timed({ clock }: Tools, run: () => Promise<ShellAnswer>): Promise<Look> {
  const seconds = () => clock.now().epochMilliseconds / 1000;
  const before = Math.floor(seconds());
  const answer = await run();
  return { answer, facts: readHostFacts(answer.out), before, after: seconds() };
}

/** An engine elsewhere says nothing of that machine's ports and disks. */
function judgeHere(host: HostTarget, facts: HostFacts, look: Look, dockerHost: string): Verdict[] {
  return dockerHost.startsWith('unix:') ? judgeHost(host, facts, look) : [judgeDocker(facts), judgeNames(facts, host)];
}

function judgeHost(host: HostTarget, facts: HostFacts, { before, after }: Look): Verdict[] {
  return [
    judgeDocker(facts),
    judgeNames(facts, host),
    ...judgePorts(facts, host.ports),
    ...(host.disk === null ? [] : [judgeDisk(facts, host.disk)]),
    ...(host.mail === null ? [] : [judgeMail(facts, host.mail)]),
    judgeClock(facts, before, after),
  ];
}

/** Where the volume appears on the host: the API says it of a volume, the label makes it of a new one. */
function devicePath({ disk }: HostTarget, facts: LinodeFacts | null): string | null {
  if (disk?.volume.kind === 'made') return `/dev/disk/by-id/scsi-0Linode_Volume_${disk.volume.label}`;
  if (disk?.volume.kind !== 'adopted') return null;
  const answer = facts?.volumes.get(disk.volume.id);
  return answer?.kind === 'found' ? answer.value.filesystem_path : null;
}

async function examinePage({ page }: HostTarget, address: string | null): Promise<Verdict[]> {
  if (page === null) return [];
  const host = address === null ? null : await addressesOf(address);
  const wanted = host !== null && 'addresses' in host ? host.addresses : [];
  return [judgePage(page, await addressesOf(page.name), wanted)];
}

async function addressesOf(name: string): Promise<Lookup> {
  try {
    const found = await lookup(name, { all: true });
    return { addresses: found.map(({ address }) => address) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
