import type { Stats } from 'node:fs';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { systemCodeOf } from '../../runtime/errors.ts';
import { hashFile } from '../../runtime/hash.ts';
import { parseJsonAs } from '../../runtime/json.ts';
import type { ObjectMetadata } from '../store.ts';

/**
 * Where a directory store keeps metadata: in `.name.<version>.json` beside the object. The version is the object's time
 * in whole seconds, which every file system keeps: the quick proof that both belong together. A file that got another time
 * (`touch`, `cp -r`) proves by its bytes what it is; its sidecar is then named `.name.<version>@<stored>.json`.
 */
export type SidecarVersion = number;

export type SidecarName = {
  readonly object: string;
  readonly version: SidecarVersion;
  /** The version it had when the object was stored. */
  readonly stored: SidecarVersion;
};

/** What the sidecars beside a file say of it. */
export type FileDescription =
  | { readonly kind: 'known'; readonly metadata: ObjectMetadata; readonly name: SidecarName }
  /** There are sidecars, and its bytes are not those of any. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'none' };

/** Of the stored bytes, in hex: without it in the metadata a file with another time proves nothing. */
const hashName = 'archive-sha256';

export function versionOf(stats: Stats): SidecarVersion {
  return Math.floor(stats.mtimeMs / 1000);
}

const content = z.object({ bytes: z.number(), metadata: z.record(z.string(), z.string()) });
const sidecarName = /^\.(?<object>.+)\.(?<version>-?\d+)(?:@(?<stored>-?\d+))?\.json$/;

/** The object and versions a file name is the sidecar of, or null. */
export function parseSidecarName(name: string): SidecarName | null {
  const { object, version, stored = version } = sidecarName.exec(name)?.groups ?? {};
  return object === undefined ? null : { object, version: Number(version), stored: Number(stored) };
}

function sidecarPath(file: string, { version, stored }: Omit<SidecarName, 'object'>): string {
  const versions = stored === version ? `${version}` : `${version}@${stored}`;
  return path.join(path.dirname(file), `.${path.basename(file)}.${versions}.json`);
}

/** Writes the sidecar of a version of `file` that is yet to appear, down to the disk. */
export async function writeSidecar(
  file: string,
  version: SidecarVersion,
  bytes: number,
  metadata: ObjectMetadata,
): Promise<void> {
  const handle = await open(sidecarPath(file, { version, stored: version }), 'w');
  try {
    await handle.writeFile(`${JSON.stringify({ bytes, metadata })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const maxAttempts = 5;

type Sidecar = z.infer<typeof content> & { readonly name: SidecarName };

/** What is known of `file` by its time and size, else by its size and sha256: then the sidecar is renamed to its time. */
export async function describeFile(
  file: string,
  stats: Stats,
  signal: AbortSignal | undefined,
  attempt = 1,
): Promise<FileDescription> {
  const ofTime = await sidecarOfTime(file, stats);
  if (ofTime !== null) return { kind: 'known', ...ofTime };
  const sidecars = await Promise.all((await sidecarNames(file)).map((name) => readSidecar(file, name)));
  // Another process that looked at the same time has renamed it.
  if (sidecars.includes('gone') && attempt < maxAttempts) return await describeFile(file, stats, signal, attempt + 1);
  const provable = sidecars
    .filter((one) => one !== null && one !== 'gone')
    .filter(({ metadata }) => hashName in metadata);
  const ofSize = provable.filter(({ bytes }) => bytes === stats.size);
  const sha256 = ofSize.length === 0 ? null : await hashFile(file, { signal: signal ?? new AbortController().signal });
  const [newest] = ofSize
    .filter(({ metadata }) => metadata[hashName] === sha256)
    .toSorted((a, b) => b.name.version - a.name.version);
  if (newest === undefined) return { kind: provable.length === 0 ? 'none' : 'changed' };
  const name = { ...newest.name, version: versionOf(stats) };
  // Another file may have taken its place while this one was read.
  const now = await stat(file).catch(() => null);
  if (now?.ino !== stats.ino || now.ctimeMs !== stats.ctimeMs)
    return { kind: 'known', metadata: newest.metadata, name };
  // Where the folder cannot be written the file is hashed again next time.
  await rename(sidecarPath(file, newest.name), sidecarPath(file, name)).catch(() => {});
  return { kind: 'known', metadata: newest.metadata, name };
}

/** The sidecar that has the time and the size of a file, or null. */
export async function sidecarOfTime(file: string, stats: Stats): Promise<Sidecar | null> {
  const version = versionOf(stats);
  const fits = (one: Sidecar | 'gone' | null): one is Sidecar =>
    one !== null && one !== 'gone' && one.bytes === stats.size;
  const usual = await readSidecar(file, { object: path.basename(file), version, stored: version });
  if (fits(usual)) return usual;
  const names = (await sidecarNames(file)).filter((name) => name.version === version);
  const sidecars = await Promise.all(names.map((name) => readSidecar(file, name)));
  return sidecars.find(fits) ?? null;
}

/** Null for one that is damaged. */
async function readSidecar(file: string, name: SidecarName): Promise<Sidecar | 'gone' | null> {
  const text = await readFile(sidecarPath(file, name), 'utf8').catch((error) => {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return 'gone';
  const sidecar = parseJsonAs(content, text);
  return sidecar === null ? null : { ...sidecar, name };
}

/** The sidecars beside `file`, of whatever version. */
export async function sidecarNames(file: string): Promise<SidecarName[]> {
  const names = (await readdir(path.dirname(file))).map(parseSidecarName).filter((name) => name !== null);
  return names.filter(({ object }) => object === path.basename(file));
}

export async function removeSidecar(file: string, name: Omit<SidecarName, 'object'>): Promise<void> {
  await rm(sidecarPath(file, name), { force: true });
}

/** Removes the sidecars of `file`, all but that of the object stored as version `kept`. */
export async function removeSidecars(file: string, kept: SidecarVersion | null): Promise<void> {
  for (const name of await sidecarNames(file)) {
    if (name.version !== kept || name.stored !== kept) await removeSidecar(file, name);
  }
}
