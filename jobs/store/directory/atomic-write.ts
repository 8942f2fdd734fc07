import { randomUUID } from 'node:crypto';
import { constants, createReadStream, createWriteStream, type Stats } from 'node:fs';
import { copyFile, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolder, syncFolder } from '../../runtime/durable-folder.ts';
import { systemCodeOf } from '../../runtime/errors.ts';
import type { ObjectMetadata, TransferOptions } from '../store.ts';
import {
  removeSidecar,
  removeSidecars,
  type SidecarVersion,
  sidecarNames,
  versionOf,
  writeSidecar,
} from './sidecar.ts';

const temporaryName = /^\.(?<object>.+)\.[0-9a-f]{8}-[0-9a-f-]{27}\.part$/;

/** The object a file name is the unfinished copy of, or null. */
export function parseTemporaryName(name: string): string | null {
  return temporaryName.exec(name)?.groups?.['object'] ?? null;
}

/**
 * Makes `target` a copy of `source` with `metadata`, down to the disk. Whatever stops it, `target` is then the old file
 * with the old metadata or the new one with the new. Throws what the file system threw, or an AbortError.
 */
export async function writeAtomically(
  source: string,
  target: string,
  metadata: ObjectMetadata,
  transfer: TransferOptions,
): Promise<void> {
  const folder = path.dirname(target);
  await makeFolder(folder);
  const temporary = path.join(folder, `.${path.basename(target)}.${randomUUID()}.part`);
  let version: SidecarVersion | null = null;
  try {
    await copyBytes(source, temporary, transfer);
    const finished = await finishFile(temporary, await takenVersions(target));
    version = finished.version;
    await writeSidecar(target, version, finished.bytes, metadata);
    transfer.signal?.throwIfAborted();
    await rename(temporary, target);
    await syncFolder(folder);
    await removeSidecars(target, version);
  } catch (error) {
    await rm(temporary, { force: true });
    if (version !== null && version !== (await currentVersion(target)))
      await removeSidecar(target, { version, stored: version }).catch(() => {});
    throw error;
  }
}

/** Shares the blocks where the file system can (btrfs, XFS); else copies in pieces, so that it can be aborted. */
async function copyBytes(source: string, destination: string, { signal, onProgress }: TransferOptions): Promise<void> {
  try {
    await copyFile(source, destination, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    onProgress?.((await stat(destination)).size);
    return;
  } catch (error) {
    const cannotShare = ['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EINVAL', 'ENOTTY', 'EPERM'];
    if (!cannotShare.includes(systemCodeOf(error) ?? '')) throw error;
  }
  let copied = 0;
  await pipeline(
    createReadStream(source, { highWaterMark: 1024 * 1024 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        yield chunk;
        copied += chunk.length;
        onProgress?.(copied);
      }
    },
    createWriteStream(destination),
    { signal },
  );
}

/** Gives a finished file a version of its own and brings it to the disk. */
async function finishFile(
  temporary: string,
  taken: ReadonlySet<SidecarVersion>,
): Promise<{ version: SidecarVersion; bytes: number }> {
  const handle = await open(temporary, 'r+');
  try {
    const stats = await handle.stat();
    let version = versionOf(stats);
    while (taken.has(version)) version += 1;
    await handle.utimes(version, version);
    await handle.sync();
    return { version, bytes: stats.size };
  } finally {
    await handle.close();
  }
}

/** Versions that a new file of `target` may not have: the old one's, and those of what is kept beside it. */
async function takenVersions(target: string): Promise<Set<SidecarVersion>> {
  const inPlace = await currentVersion(target);
  const beside = (await sidecarNames(target)).map(({ version }) => version);
  return new Set(inPlace === null ? beside : [inPlace, ...beside]);
}

async function currentVersion(target: string): Promise<SidecarVersion | null> {
  const stats: Stats | undefined = await stat(target).catch(() => undefined);
  return stats === undefined ? null : versionOf(stats);
}
