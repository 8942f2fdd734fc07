import * as linode from '@pulumi/linode';
import type * as pulumi from '@pulumi/pulumi';

/** The A record of `page` (a URL) in `domain`, which must be among the domains of the Linode account. */
export function createDnsRecord(
  page: string,
  domain: string,
  address: pulumi.Output<string>,
  suffix: string,
  options: pulumi.CustomResourceOptions,
): void {
  const filters = [{ name: 'domain', values: [domain] }];
  const domainId = linode.getDomainsOutput({ filters }, options).apply(({ domains }) => {
    const id = domains?.[0]?.id;
    if (id === undefined) throw new Error(`${domain} is not among the domains of this Linode account.`);
    return Number(id);
  });
  const name = new URL(page).hostname.slice(0, -domain.length - 1);
  new linode.DomainRecord(`page${suffix}`, { domainId, name, recordType: 'A', target: address, ttlSec: 300 }, options);
}
