import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parseJsonAs } from '../runtime/json.ts';
import type { ObjectStore } from '../store/store.ts';
import type { BackupFacts } from './metadata.ts';
import { detailsKey } from './names.ts';

const instant = z.string().transform((text, context) => {
  try {
    return Temporal.Instant.from(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'no instant' });
    return z.NEVER;
  }
});

const schema = z.object({
  version: z.literal(1),
  /** The backup these are of: its key may be overwritten by a later one. */
  snapshotSha256: z.string(),
  /** Rows by table, when they do not fit into the metadata. */
  tables: z.record(z.string(), z.number()).nullable(),
  /** What the integrity check found in the application's own rules. */
  findings: z.array(z.string()),
  /** When a person accepted a suspect backup. */
  acceptedAt: instant.nullable(),
  /** Key of the later backup that has the rows of a suspect one again. */
  disprovedBy: z.string().nullable(),
});

/** Facts of a backup that do not fit into its metadata or came later, kept as an object of their own beside the backups. */
export type BackupDetails = z.infer<typeof schema>;

export const noDetails: Omit<BackupDetails, 'snapshotSha256'> = {
  version: 1,
  tables: null,
  findings: [],
  acceptedAt: null,
  disprovedBy: null,
};

const maxBytes = 16 * 1024 * 1024;

/**
 * The details of the backup `key`, or null: there are none, they are damaged, or of an earlier backup under the same key.
 * Throws STORE_ failures.
 */
export async function readDetails(
  store: ObjectStore,
  key: string,
  snapshotSha256: string,
  signal: AbortSignal,
): Promise<BackupDetails | null> {
  const head = await store.head(detailsKey(key), signal);
  if (head === null || head.bytes > maxBytes) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.read(detailsKey(key), { signal })) chunks.push(chunk);
  const details = parseJsonAs(schema, Buffer.concat(chunks).toString('utf8'));
  return details?.snapshotSha256 === snapshotSha256 ? details : null;
}

/** `folder` takes a small work file. */
type DetailsOptions = { readonly folder: string; readonly signal: AbortSignal };

/** Writes the details of the backup `key`, replacing what was there. */
export async function writeDetails(
  store: ObjectStore,
  key: string,
  details: BackupDetails,
  { folder, signal }: DetailsOptions,
): Promise<void> {
  const work = await mkdtemp(path.join(folder, 'details-'));
  try {
    const file = path.join(work, 'details.json');
    await writeFile(file, `${JSON.stringify(details)}\n`);
    await store.put(detailsKey(key), file, {}, { signal });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Changes single facts beside a backup and keeps the others; one without metadata has none. Throws STORE_ failures. */
export async function updateDetails(
  store: ObjectStore,
  { key, facts }: { readonly key: string; readonly facts: Pick<BackupFacts, 'snapshotSha256'> | null },
  change: Partial<Pick<BackupDetails, 'acceptedAt' | 'disprovedBy'>>,
  options: DetailsOptions,
): Promise<void> {
  if (facts === null) return;
  const { snapshotSha256 } = facts;
  const known = (await readDetails(store, key, snapshotSha256, options.signal)) ?? { ...noDetails, snapshotSha256 };
  await writeDetails(store, key, { ...known, ...change }, options);
}

/** Removes a backup, then what is kept of it beside the backups. */
export async function removeBackup(store: ObjectStore, key: string, signal: AbortSignal): Promise<void> {
  await store.remove(key, signal);
  await store.remove(detailsKey(key), signal);
}
