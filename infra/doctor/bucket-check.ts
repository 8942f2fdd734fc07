import { type CheckResult, failed, lookupFailed, passed } from './check-result.ts';
import type { LinodeFacts } from './linode-facts.ts';
import { unknownRegion } from './region-checks.ts';
import type { LinodeTarget } from './target.ts';

/** Whether the bucket is in this account as the config says, or its name is available. */
export function checkBucket(facts: LinodeFacts, bucket: NonNullable<LinodeTarget['bucket']>): CheckResult {
  const { label, region, ours } = bucket;
  const check = `bucket ${label}`;
  const { endpoints, bucket: response, bucketName } = facts;
  if (endpoints?.kind === 'found' && !endpoints.value.data.some((each) => each.region === region)) {
    return unknownRegion(
      check,
      region,
      endpoints.value.data.map((each) => each.region),
    );
  }
  if (response?.kind === 'found') {
    const message = `exists in your account, at ${response.value.s3_endpoint}`;
    if (ours) return passed(check, message);
    return failed(
      check,
      `already ${message}`,
      'to keep it with its content: `pulumi config set nightshift:bucketAdopt true`; else choose another name.',
    );
  }
  if (response?.kind !== 'refused' || response.status !== 404) return lookupFailed(check, response);
  if (bucketName === 'taken') {
    return failed(
      check,
      `belongs to another customer in ${region}`,
      'names are shared by all customers of a region: choose another.',
    );
  }
  if (ours) {
    return failed(
      check,
      `should be adopted, but your account has none in ${region}`,
      'check name and region; the bucket may be in another region or account.',
    );
  }
  if (bucketName === 'available') return passed(check, `available in ${region}; \`up\` creates it`);
  const why = bucketName === null ? 'the region has no endpoint' : bucketName.unreachable;
  return failed(
    check,
    `is not in your account, and it is unknown whether the name is available (${why})`,
    'try again in a few minutes.',
  );
}
