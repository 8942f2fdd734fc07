import type { CliContext } from '../../jobs/runtime/cli-context.ts';
import { judgeVolume } from './disk-verdict.ts';
import { examineHost } from './examine-host.ts';
import { gatherLinode, type LinodeFacts } from './linode-facts.ts';
import { judgeBucket, judgeDomain, judgeRegions } from './place.ts';
import { scopesNeeded } from './scopes.ts';
import type { Target } from './target.ts';
import { judgeToken, tokenMissing } from './token.ts';
import { later, type Verdict } from './verdict.ts';

type Tools = Pick<CliContext, 'clock' | 'signal'>;

/** Looks at everything a stack will stand on, all at once, and changes nothing. */
export async function examine(target: Target, tools: Tools): Promise<Verdict[]> {
  const linode = askLinode(target, tools);
  const parts = await Promise.all([
    linode.then((facts) => judgeLinode(target, facts)),
    ...target.hosts.map((host) => examineHost(host, linode, tools)),
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
  const domains = new Set(target.hosts.flatMap(({ page }) => page?.domain ?? []));
  return [
    judgeToken(facts, needed),
    ...judgeRegions(facts, linode),
    ...(linode.bucket === null ? [] : [judgeBucket(facts, linode.bucket)]),
    ...[...facts.volumes].map(([id, answer]) => judgeVolume(id, answer, linode.regions)),
    ...[...domains].map((domain) => judgeDomain(facts, domain)),
  ];
}
