import { type CheckResult, failed, passed } from './check-result.ts';
import type { LinodeFacts } from './linode-facts.ts';
import type { LinodeTarget } from './target.ts';

/** Whether each region of hosts and volumes exists and offers block storage. */
export function checkRegions({ regions: response }: LinodeFacts, { regions }: LinodeTarget): CheckResult[] {
  return [...new Set(regions)].map((wanted) => {
    const check = `region ${wanted}`;
    if (response.kind !== 'found') {
      return failed(
        check,
        `cannot be looked up (${response.reason})`,
        'see the token check, or try again in a few minutes.',
      );
    }
    const ids = response.value.data.map(({ id }) => id);
    const region = response.value.data.find(({ id }) => id === wanted);
    if (region === undefined) return unknownRegion(check, wanted, ids);
    if (region.capabilities.includes('Block Storage')) return passed(check, 'offers hosts and block storage');
    return failed(check, 'offers no block storage', `choose one that does: ${similarRegions(wanted, ids).join(', ')}.`);
  });
}

/** The failure for a region that is not one of `regions`, with those that are similar. */
export function unknownRegion(check: string, wanted: string, regions: readonly string[]): CheckResult {
  const similar = similarRegions(wanted, regions);
  const remark = /^[a-z]+-[a-z]+-\d$/.test(wanted)
    ? ' (regions are not S3 host names: sg-sin-1.linodeobjects.com is in region sg-sin-2)'
    : '';
  return failed(check, `the API lists no region ${wanted} for it`, `choose one of ${similar.join(', ')}${remark}.`);
}

/** Regions of the same country, or all when there is none. */
function similarRegions(wanted: string, regions: readonly string[]): string[] {
  const all = [...new Set(regions)].sort();
  const similar = all.filter((id) => id.split('-')[0] === wanted.split('-')[0]);
  return similar.length > 0 ? similar : all;
}
