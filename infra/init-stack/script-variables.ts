import { type StackKey, table } from '../../jobs/settings/table.ts';

/** The stack key for a variable of the shell scripts, or the reason why there is none. */
export type KeyMapping = { readonly key: string } | { readonly reason: string };

/** Variables whose key is not that of their own row. */
const otherKeys: Readonly<Record<string, StackKey>> = { LINODE_BUCKET: 'bucket', SUMMARY_PORT: 'summaryPort' };

/** With another S3 server the access keys stay; for a bucket at Linode the deployment creates new ones. */
const otherServerKeys: Readonly<Record<string, StackKey>> = {
  LINODE_ENDPOINT: 's3Endpoint',
  LINODE_BUCKET: 's3Bucket',
  LINODE_ACCESS_KEY: 's3AccessKey',
  LINODE_SECRET_KEY: 's3SecretKey',
};

const otherServerReasons: Readonly<Record<string, string>> = { LINODE_REGION: 'not used with another S3 server' };

const linodeReasons: Readonly<Record<string, string>> = {
  LINODE_ACCESS_KEY: '`up` creates its own keys for the bucket; delete the old one afterwards',
  LINODE_SECRET_KEY: '`up` creates its own keys for the bucket',
};

/** `endpoint`: the file names an S3 server other than Linode's. */
export function keyForVariable(name: string, endpoint: boolean): KeyMapping {
  const reason = (endpoint ? otherServerReasons : linodeReasons)[name];
  if (reason !== undefined) return { reason };
  const other = (endpoint ? otherServerKeys[name] : undefined) ?? otherKeys[name];
  if (other !== undefined) return { key: `nightshift:${other}` };
  const stack = table.find(({ environment }) => environment === name)?.stack ?? { none: 'not a nightshift setting' };
  return typeof stack === 'string' ? { key: `nightshift:${stack}` } : { reason: stack.none };
}
