import { checkBucket } from './bucket-check.ts';
import { type CheckDeps, checkHost } from './check-host.ts';
import { type CheckResult, skipped } from './check-result.ts';
import { checkVolume } from './disk-check.ts';
import { checkDomain } from './dns-checks.ts';
import { fetchLinodeFacts, type LinodeFacts } from './linode-facts.ts';
import { checkRegions } from './region-checks.ts';
import type { StackTarget } from './target.ts';
import { checkToken, missingToken } from './token-check.ts';
import { requiredScopes } from './token-scopes.ts';

/** Checks everything that a stack needs, all at once, and changes nothing. */
export async function runChecks(target: StackTarget, deps: CheckDeps): Promise<CheckResult[]> {
  const facts = linodeFacts(target, deps);
  const results = await Promise.all([
    facts.then((linode) => checkLinode(target, linode)),
    ...target.hosts.map((host) => checkHost(host, facts, deps)),
  ]);
  return results.flat();
}

async function linodeFacts(target: StackTarget, { signal }: CheckDeps): Promise<LinodeFacts | null> {
  const { linode } = target;
  if (linode === null || linode.token === null) return null;
  return fetchLinodeFacts(target, { ...linode, token: linode.token }, signal);
}

function checkLinode(target: StackTarget, facts: LinodeFacts | null): CheckResult[] {
  const { linode } = target;
  if (linode === null) return [skipped('Linode', 'not used by this stack')];
  const scopes = requiredScopes(target);
  if (facts === null) return [missingToken(scopes)];
  const domains = new Set(target.hosts.flatMap(({ page }) => page?.domain ?? []));
  return [
    checkToken(facts, scopes),
    ...checkRegions(facts, linode),
    ...(linode.bucket === null ? [] : [checkBucket(facts, linode.bucket)]),
    ...[...facts.volumes].map(([id, response]) => checkVolume(id, response, linode.regions)),
    ...[...domains].map((domain) => checkDomain(facts, domain)),
  ];
}
