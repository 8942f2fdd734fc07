import { fileURLToPath } from 'node:url';
import { reportFolderProblem } from './folder-problems.ts';
import type { SettingProblem } from './problem.ts';
import type { JobValues } from './table.ts';

export type StoreLocation =
  | { readonly kind: 'directory'; readonly folder: string }
  | {
      readonly kind: 's3';
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      readonly accessKey: string;
      readonly secretKey: string;
    };

type StoreValues = Pick<
  JobValues<'backup'>,
  'BACKUP_STORE' | 'LINODE_ACCESS_KEY' | 'LINODE_SECRET_KEY' | 'LINODE_BUCKET' | 'LINODE_REGION' | 'LINODE_ENDPOINT'
>;

/** Where backups go. S3 without keys is a problem, never a silent fallback to a folder. */
export function storeLocationOf(values: StoreValues, problems: SettingProblem[]): StoreLocation {
  if (values.BACKUP_STORE !== 's3') {
    const folder = fileURLToPath(values.BACKUP_STORE);
    reportFolderProblem('BACKUP_STORE', folder, problems);
    return { kind: 'directory', folder };
  }
  // A folder that is misspelt is no wish for a bucket.
  const isStoreKnown = !problems.some(({ name }) => name.startsWith('BACKUP_STORE'));
  const hint =
    'set it (or its _FILE) to a key of the bucket, or set BACKUP_STORE=file:///folder to back up to a folder';
  for (const name of ['LINODE_ACCESS_KEY', 'LINODE_SECRET_KEY'] as const) {
    const reported = problems.some((problem) => problem.name.startsWith(name));
    if (isStoreKnown && values[name] === null && !reported) problems.push({ name, found: 'is not set', hint });
  }
  return {
    kind: 's3',
    endpoint: values.LINODE_ENDPOINT ?? `https://${values.LINODE_REGION}.linodeobjects.com`,
    region: values.LINODE_REGION,
    bucket: values.LINODE_BUCKET,
    accessKey: values.LINODE_ACCESS_KEY ?? '',
    secretKey: values.LINODE_SECRET_KEY ?? '',
  };
}
