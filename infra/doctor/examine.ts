import { lookup } from 'node:dns/promises';
import type { CliContext } from '../../jobs/platform/context.ts';
import { judgeDisk, judgeVolume } from './disk-verdict.ts';
import { judgeDocker, judgeNames, judgePorts } from './docker-verdicts.ts';
import { type HostFacts, readHostFacts } from './host-facts.ts';
import { hostScript } from './host-script.ts';
import { gatherLinode, type LinodeFacts } from './linode-facts.ts';
import { judgeBucket, judgeDomain, judgeRegions } from './place.ts';
import { judgeClock, judgeMail, judgePage, type Lookup } from './reach-verdicts.ts';
import { scopesNeeded } from './scopes.ts';
import { overSsh, type SshAnswer } from './ssh.ts';
import { judgeSsh } from './ssh-verdict.ts';
import type { HostTarget, SshTarget, Target } from './target.ts';
import { judgeToken, tokenMissing } from './token.ts';
import { later, type Verdict } from './verdict.ts';

type Tools = Pick<CliContext, 'clock' | 'signal'>;

/** Looks at everything a stack will stand on, all at once, and changes nothing. */
export async function examine(target: Target, tools: Tools): Promise<Verdict[]> {
  const linode = askLinode(target, tools);
  const parts = await Promise.all([
    linode.then((facts) => judgeLinode(target, facts)),
    ...target.hosts.map((host) => examineHost(host, target, linode, tools)),
    examinePage(target),
  ]);
  return parts.flat();
}

async function askLinode(target: Target, { signal }: Tools): Promise<LinodeFacts | null> {
  const { linode } = target;
  if (linode === null || linode.token === null) return null;
  return gatherLinode(target, { ...linode, token: linode.token }, signal);
}

function judgeLinode(target: Target, facts: LinodeFacts | null): Verdict[] {
  const { linode } = target;
  if (linode === null) return [later('Linode', 'not used by this stack')];
  const needed = scopesNeeded(target);
  if (facts === null) return [tokenMissing(needed)];
  return [
    judgeToken(facts, needed),
    ...judgeRegions(facts, linode),
    ...(linode.bucket === null ? [] : [judgeBucket(facts, linode.bucket)]),
    ...[...facts.volumes].map(([id, answer]) => judgeVolume(id, answer, linode.regions)),
    ...(target.page?.domain ? [judgeDomain(facts, target.page.domain)] : []),
  ];
}

async function examineHost(
  host: HostTarget,
  target: Target,
  linode: Promise<LinodeFacts | null>,
  tools: Tools,
): Promise<Verdict[]> {
  const named = (verdict: Verdict) =>
    target.hosts.length === 1 ? verdict : { ...verdict, part: `${host.name}: ${verdict.part}` };
  if (host.ssh === null) return [later('host', '`up` makes it')].map(named);
  const device = devicePath(host, await linode);
  const look = await lookAtHost(host, host.ssh, device, tools);
  const reached = judgeSsh(host.ssh, look.answer, look.facts !== null);
  return [reached, ...(look.facts === null ? [] : judgeHost(host, look.facts, look))].map(named);
}

type Look = {
  readonly answer: SshAnswer;
  readonly facts: HostFacts | null;
  readonly before: number;
  readonly after: number;
};

/** `before` and `after`: seconds since 1970 by the clock here. */
async function lookAtHost(
  host: HostTarget,
  ssh: SshTarget,
  device: string | null,
  { clock, signal }: Tools,
): Promise<Look> {
  const seconds = () => clock.now().epochMilliseconds / 1000;
  const before = Math.floor(seconds());
  const answer = await overSsh(ssh, hostScript(host, device), signal);
  return { answer, facts: readHostFacts(answer.out), before, after: seconds() };
}

function judgeHost(host: HostTarget, facts: HostFacts, { before, after }: Look): Verdict[] {
  return [
    judgeDocker(facts),
    judgeNames(facts, host.containers),
    ...judgePorts(facts, host.ports),
    ...(host.disk === null ? [] : [judgeDisk(facts, host.disk)]),
    ...(host.mail === null ? [] : [judgeMail(facts, host.mail)]),
    judgeClock(facts, before, after),
  ];
}

/** Where the volume appears on the host, as far as it is known: the API says it of a volume, the label makes it of a new one. */
function devicePath({ disk }: HostTarget, facts: LinodeFacts | null): string | null {
  if (disk === null || disk.volume.kind === 'folder') return null;
  if (disk.volume.kind === 'made') return `/dev/disk/by-id/scsi-0Linode_Volume_${disk.volume.label}`;
  const answer = facts?.volumes.get(disk.volume.id);
  return answer?.kind === 'found' ? answer.value.filesystem_path : null;
}

async function examinePage({ page, hosts }: Target): Promise<Verdict[]> {
  if (page === null) return [];
  const wanted = await Promise.all(
    hosts.map(({ ssh }) => (ssh === null ? { addresses: [] } : addressesOf(ssh.address))),
  );
  const addresses = wanted.flatMap((found) => ('addresses' in found ? found.addresses : []));
  return [judgePage(page, await addressesOf(page.name), addresses)];
}

async function addressesOf(name: string): Promise<Lookup> {
  try {
    const found = await lookup(name, { all: true });
    return { addresses: found.map(({ address }) => address) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
