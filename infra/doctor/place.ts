import type { LinodeFacts } from './linode-facts.ts';
import type { LinodeTarget } from './target.ts';
import { fail, ok, type Verdict } from './verdict.ts';

/** Regions named for hosts and volumes. */
export function judgeRegions(facts: LinodeFacts, { regions }: LinodeTarget): Verdict[] {
  const answer = facts.regions;
  return [...new Set(regions)].map((wanted) => {
    const part = `region ${wanted}`;
    if (answer.kind !== 'found') {
      return fail(
        part,
        `cannot be looked up (${answer.reason})`,
        'see the line of the token, or try again in a few minutes.',
      );
    }
    const known = answer.value.data.map(({ id }) => id);
    if (!known.includes(wanted)) return unknown(part, wanted, known);
    const found = answer.value.data.find(({ id }) => id === wanted);
    if (found?.capabilities.includes('Block Storage')) return ok(part, 'has hosts and block storage');
    return fail(part, 'has no block storage', `choose one that has: ${near(wanted, known).join(', ')}.`);
  });
}

/** The bucket's name and region: ours already, free, or somebody else's. */
export function judgeBucket(facts: LinodeFacts, bucket: NonNullable<LinodeTarget['bucket']>): Verdict {
  const { label, region, ours } = bucket;
  const part = `bucket ${label}`;
  const { endpoints, bucket: own, publicBucket } = facts;
  if (endpoints?.kind === 'found' && !endpoints.value.data.some((each) => each.region === region)) {
    return unknown(
      part,
      region,
      endpoints.value.data.map((each) => each.region),
    );
  }
  if (own?.kind === 'found') {
    const where = `in your account, at ${own.value.s3_endpoint}`;
    if (ours) return ok(part, `is there ${where}`);
    return fail(
      part,
      `is there already, ${where}`,
      'to keep it and what is in it: `pulumi config set nightshift:bucketAdopt true`; else choose another name.',
    );
  }
  if (own?.kind !== 'refused' || own.status !== 404) {
    return fail(part, `cannot be looked up (${own?.reason ?? 'no answer'})`, 'see the line of the token.');
  }
  if (publicBucket === 'taken') {
    return fail(
      part,
      `belongs to somebody else in ${region}`,
      'names are shared by all customers of a region: choose another.',
    );
  }
  if (ours) {
    return fail(
      part,
      `is to be adopted, but your account has none in ${region}`,
      'check name and region; the bucket may lie in another region or account.',
    );
  }
  if (publicBucket === 'free') return ok(part, `free in ${region}; \`up\` makes it`);
  const why = publicBucket === null ? 'the region gives no address' : publicBucket.unreachable;
  return fail(
    part,
    `is not in your account, and nobody can say whether it is free (${why})`,
    'try again in a few minutes.',
  );
}

/** The zone in which `up` writes the record of the summary page. */
export function judgeDomain(facts: LinodeFacts, domain: string): Verdict {
  const part = `domain ${domain}`;
  const { domains } = facts;
  if (domains?.kind !== 'found') {
    return fail(part, `cannot be looked up (${domains?.reason ?? 'no answer'})`, 'see the line of the token.');
  }
  if (domains.value.data.some((each) => each.domain === domain)) return ok(part, 'is at Linode');
  return fail(
    part,
    'is not among the domains of this account',
    'write the record where the domain is kept, and leave the domain out of the config.',
  );
}

function unknown(part: string, wanted: string, known: readonly string[]): Verdict {
  const close = near(wanted, known);
  const hint = /^[a-z]+-[a-z]+-\d$/.test(wanted)
    ? ' (regions are not S3 host names: sg-sin-1.linodeobjects.com is in region sg-sin-2)'
    : '';
  return fail(part, `the API knows no region ${wanted} for it`, `choose one of ${close.join(', ')}${hint}.`);
}

/** Known regions that begin like the wanted one, else all. */
function near(wanted: string, known: readonly string[]): string[] {
  const all = [...new Set(known)].sort();
  const close = all.filter((id) => id.split('-')[0] === wanted.split('-')[0]);
  return close.length > 0 ? close : all;
}
