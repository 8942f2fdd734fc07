import { plural } from '../../jobs/runtime/format.ts';
import type { HostFacts } from './host-facts.ts';
import type { HostTarget } from './target.ts';
import { fail, later, ok, type Verdict } from './verdict.ts';

/** A mail port that the host, not this machine, must reach. */
export function judgeMail({ mail }: HostFacts, server: NonNullable<HostTarget['mail']>): Verdict {
  const part = `mail ${server.host}:${server.port}`;
  if (mail === 'open') return ok(part, 'reached from the host');
  return fail(
    part,
    `not reached from the host (${mail ?? 'not tried'})`,
    'check name and port. Linode blocks outgoing 25, 465 and 587 on new accounts until its support lifts that.',
  );
}

const mostSkewSeconds = 60;

/** The host's clock must lie between this machine's before and after the look; seconds since 1970. */
export function judgeClock({ now }: HostFacts, before: number, after: number): Verdict {
  const part = 'clock';
  const skew = now < before ? now - before : now > after ? now - after : 0;
  const off = Math.abs(Math.round(skew));
  if (off === 0) return ok(part, 'agrees with this machine');
  const found = `the host is ${plural(off, 'second')} ${skew < 0 ? 'behind' : 'ahead of'} this machine`;
  if (off <= mostSkewSeconds) return ok(part, found);
  return fail(
    part,
    found,
    'set the wrong one (`timedatectl set-ntp true`): backups are named by it, and storage refuses 15 minutes.',
  );
}

/** Addresses of a name, or why it has none. */
export type Lookup = { readonly addresses: readonly string[] } | { readonly reason: string };

/** Whether the name of the summary page leads to one of the hosts. */
export function judgePage(page: NonNullable<HostTarget['page']>, found: Lookup, hosts: readonly string[]): Verdict {
  const part = `DNS ${page.name}`;
  if (hosts.length === 0) return later(part, 'the host has no address before `up`');
  const right = 'addresses' in found && found.addresses.some((address) => hosts.includes(address));
  if (right) return ok(part, `leads to ${hosts.join(', ')}`);
  const wrong = 'addresses' in found && found.addresses.length > 0;
  const now = wrong ? `leads to ${found.addresses.join(', ')}, not to ${hosts.join(', ')}` : 'leads nowhere';
  if (page.domain !== null && !wrong) return later(part, `${now}; \`up\` writes the record into ${page.domain}`);
  const record = `${page.name} A ${hosts[0]}`;
  return fail(
    part,
    now,
    `write the record \`${record}\` where the domain is kept${wrong ? ' in place of the old one' : ''}; it may take an hour to be seen.`,
  );
}
