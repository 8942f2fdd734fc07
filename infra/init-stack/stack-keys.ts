import { wantedBy } from '../../jobs/settings/problem.ts';
import { stackMeaning } from '../../jobs/settings/pulumi-yaml.ts';
import { text } from '../../jobs/settings/rules.ts';
import { rowsWithKey, type Setting } from '../../jobs/settings/setting.ts';
import { table } from '../../jobs/settings/table.ts';
import type { StackValues } from '../stack/stack-config.ts';

/** One key of a stack, as init-stack writes and prompts for it. */
export type StackKeyDescription = {
  /** `nightshift:bucket`. */
  readonly key: string;
  readonly meaning: string;
  readonly secret: boolean;
  readonly rule: Setting['rule'];
};

const linodeToken: StackKeyDescription = {
  key: 'linode:token',
  meaning: 'Linode API token (cloud.linode.com/profile/tokens)',
  secret: true,
  rule: text,
};

/** Every key: those of the table, and the provider's token. */
const stackKeys: ReadonlyMap<string, StackKeyDescription> = new Map(
  [
    ...rowsWithKey(table).map(({ key, row }) => {
      const { secret, rule } = row;
      return { key: `nightshift:${key}`, meaning: stackMeaning(row, table), secret, rule };
    }),
    linodeToken,
  ].map((key) => [key.key, key]),
);

/** Describes a key that the table has, or `linode:token`. */
export function describeKey(key: string): StackKeyDescription {
  const known = stackKeys.get(key);
  if (known === undefined) throw new Error(`no row has the key ${key}`);
  return known;
}

/** What is wrong with a value, or null. Never repeats the value. */
export function problemOf({ rule }: StackKeyDescription, value: string): string | null {
  if (value === '') return 'a value is needed';
  const parsed = rule.safeParse(value);
  return parsed.success ? null : `${wantedBy(parsed.error)} is needed`;
}

type HasKey = (...names: string[]) => boolean;

/** Conditions on a stack's config, each with the keys that are required when it holds, in the order of the prompts. */
const requirements: readonly (readonly [
  (has: HasKey, is: (name: string, value: string) => boolean) => boolean,
  readonly string[],
])[] = [
  [(has) => !has('sshHost', 'hostLabel', 'dockerHost', 'hosts'), ['sshHost']],
  [(_, is) => is('hostCreate', 'true'), ['hostLabel', 'hostRegion', 'hostPublicKey']],
  [(has) => !has('hosts'), ['dataFolder']],
  [(has) => !has('s3Endpoint', 'storeFolder', 'hosts'), ['bucket', 'bucketRegion']],
  [(has) => has('s3Endpoint'), ['s3Bucket', 's3AccessKey', 's3SecretKey']],
  [(_, is) => is('disk', 'create'), ['diskLabel', 'diskSize', 'mountPoint', 'hostRegion']],
  [(_, is) => is('disk', 'adopt'), ['diskVolumeId', 'diskLabel', 'diskSize', 'mountPoint', 'hostRegion']],
  [(_, is) => is('disk', 'mounted'), ['mountPoint']],
  [(has, is) => !is('summary', 'false') && !has('summaryWebhookUrl'), ['summaryRecipients']],
  [(has) => has('smtpUser'), ['smtpPassword']],
  [(has) => has('summaryUrl'), ['sitePasswordHash', 'siteSigningKey']],
];

/** Keys that the stack needs and lacks, in the order of the prompts. `hasToken`: LINODE_TOKEN is set. */
export function missingKeys(values: StackValues, hasToken: boolean): StackKeyDescription[] {
  const has: HasKey = (...names) => names.some((name) => (values.get(`nightshift:${name}`) ?? '') !== '');
  const is = (name: string, value: string) => values.get(`nightshift:${name}`) === value;
  const wanted = requirements.flatMap(([applies, names]) =>
    applies(has, is) ? names.map((name) => `nightshift:${name}`) : [],
  );
  const usesLinode = has('bucket', 'hostLabel', 'domain') || is('disk', 'create') || is('disk', 'adopt');
  if (usesLinode && !hasToken) wanted.push('linode:token');
  return [...new Set(wanted)].filter((key) => (values.get(key) ?? '') === '').map(describeKey);
}
