import { type CheckResult, failed, lookupFailed, passed, skipped } from './check-result.ts';
import type { LinodeFacts } from './linode-facts.ts';
import type { HostTarget } from './target.ts';

/** Addresses of a name, or why it has none. */
export type DnsLookup = { readonly addresses: readonly string[] } | { readonly reason: string };

/** Whether the name of the summary page resolves to one of the hosts. `hosts`: their addresses. */
export function checkDns(
  page: NonNullable<HostTarget['page']>,
  lookup: DnsLookup,
  hosts: readonly string[],
): CheckResult {
  const check = `DNS ${page.name}`;
  if (hosts.length === 0) return skipped(check, 'the host has no address before `up`');
  const isRight = 'addresses' in lookup && lookup.addresses.some((address) => hosts.includes(address));
  if (isRight) return passed(check, `resolves to ${hosts.join(', ')}`);
  const isWrong = 'addresses' in lookup && lookup.addresses.length > 0;
  const message = isWrong
    ? `resolves to ${lookup.addresses.join(', ')}, not to ${hosts.join(', ')}`
    : 'does not resolve';
  if (page.domain !== null && !isWrong)
    return skipped(check, `${message}; \`up\` creates the record in ${page.domain}`);
  const record = `${page.name} A ${hosts[0]}`;
  return failed(
    check,
    message,
    `create the record \`${record}\` at the domain's DNS provider${isWrong ? ' in place of the old one' : ''}; it may take an hour to take effect.`,
  );
}

/** Whether the account has the domain in which `up` creates the record of the summary page. */
export function checkDomain(facts: LinodeFacts, domain: string): CheckResult {
  const check = `domain ${domain}`;
  const { domains } = facts;
  if (domains?.kind !== 'found') return lookupFailed(check, domains);
  if (domains.value.data.some((each) => each.domain === domain)) return passed(check, 'is managed at Linode');
  return failed(
    check,
    'is not among the domains of this account',
    "create the record at the domain's DNS provider, and remove the domain from the config.",
  );
}
