import type { Stats } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { systemCodeOf } from '../../runtime/errors.ts';
import { parseJsonAs } from '../../runtime/json.ts';
import type { ObjectMetadata } from '../store.ts';

/**
 * Where a directory store keeps metadata: in `.name.<version>.json` beside the object. The version is the object's time
 * in whole seconds, which every file system and archiver keeps, so a sidecar can never be taken for another object's.
 */
export type SidecarVersion = number;

export function versionOf(stats: Stats): SidecarVersion {
  return Math.floor(stats.mtimeMs / 1000);
}

const content = z.object({ bytes: z.number(), metadata: z.record(z.string(), z.string()) });
const sidecarName = /^\.(?<object>.+)\.(?<version>-?\d+)\.json$/;

/** The object and version a file name is the sidecar of, or null. */
export function parseSidecarName(name: string): { object: string; version: SidecarVersion } | null {
  const { object, version } = sidecarName.exec(name)?.groups ?? {};
  return object === undefined ? null : { object, version: Number(version) };
}

function sidecarPath(file: string, version: SidecarVersion): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${version}.json`);
}

/** Writes the sidecar of a version of `file` that is yet to appear, down to the disk. */
export async function writeSidecar(
  file: string,
  version: SidecarVersion,
  bytes: number,
  metadata: ObjectMetadata,
): Promise<void> {
  const handle = await open(sidecarPath(file, version), 'w');
  try {
    await handle.writeFile(`${JSON.stringify({ bytes, metadata })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The metadata of this very version and size of `file`; none when there is no such sidecar. */
export async function readSidecar(file: string, version: SidecarVersion, bytes: number): Promise<ObjectMetadata> {
  const text = await readFile(sidecarPath(file, version), 'utf8').catch((error) => {
    if (systemCodeOf(error) === 'ENOENT') return '';
    throw error;
  });
  const sidecar = parseJsonAs(content, text);
  return sidecar?.bytes === bytes ? sidecar.metadata : {};
}

/** Removes the sidecars of `file`, all but that of the version `kept`. */
export async function removeSidecars(file: string, kept: SidecarVersion | null): Promise<void> {
  const folder = path.dirname(file);
  for (const name of await readdir(folder)) {
    const sidecar = parseSidecarName(name);
    if (sidecar?.object === path.basename(file) && sidecar.version !== kept)
      await rm(path.join(folder, name), { force: true });
  }
}
