import { mkdir, open, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { type DeflateSettings, parseIndex } from './block-index.ts';

/** The compressed bytes of the last archive. */
export type KeptArchive = {
  /** Of the snapshot in it. */
  readonly snapshotSha256: string;
  /** What the block of this key was deflated to; null when it is not there, or damaged. */
  read(key: Buffer): Promise<Buffer | null>;
  close(): Promise<void>;
};

/** What the next run can take blocks from: the compressed bytes in `file`, and their index. */
export type CompressedFile = { readonly file: string; readonly index: Buffer };

const folderName = 'memory';

/** The folder that keeps the last archives of all databases, below STAGING_DIR. */
export function memoryFolder(stagingDir: string): string {
  return path.join(stagingDir, folderName);
}

/** Where the last archive of one database is kept. */
export function keptArchiveFolder(stagingDir: string, database: string): string {
  return path.join(memoryFolder(stagingDir), database);
}

const filesIn = (folder: string) => ({
  archive: path.join(folder, 'archive.gz'),
  index: path.join(folder, 'index'),
  newIndex: path.join(folder, 'index.new'),
});

/** Opens what `keepArchive` left in `folder`; null when there is none, or one that cannot be used with `settings`. */
export async function openKeptArchive(folder: string, settings: DeflateSettings): Promise<KeptArchive | null> {
  const files = filesIn(folder);
  const content = await readFile(files.index).catch(() => null);
  const index = content === null ? null : parseIndex(content, settings);
  const archive = index === null ? null : await open(files.archive).catch(() => null);
  if (index === null || archive === null) return null;
  return {
    snapshotSha256: index.snapshotSha256,
    async read(key) {
      const found = index.find(key);
      if (found === null) return null;
      const { bytes, offset, crc } = found;
      const read = await archive.read(Buffer.allocUnsafeSlow(bytes), 0, bytes, offset).catch(() => null);
      return read?.bytesRead === bytes && crc32(read.buffer) === crc ? read.buffer : null;
    },
    close: () => archive.close(),
  };
}

/**
 * Moves a compressed file into `folder`, in place of what was kept there. Killed at any moment, it leaves an archive with its
 * index, or what openKeptArchive takes for none.
 */
export async function keepArchive(folder: string, { file, index }: CompressedFile): Promise<void> {
  const files = filesIn(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rm(files.index, { force: true });
  await rename(file, files.archive);
  await writeFile(files.newIndex, index, { mode: 0o600, flush: true });
  await rename(files.newIndex, files.index);
}

/** Removes what is kept in `folder`, and nothing else that may be there. Returns how many bytes that was. */
export async function removeKeptArchive(folder: string): Promise<number> {
  const bytes = await keptBytes(folder);
  for (const file of Object.values(filesIn(folder))) await rm(file, { force: true });
  await rmdir(folder).catch(() => {});
  return bytes;
}

/** What is kept in `folder` takes so many bytes. */
export async function keptBytes(folder: string): Promise<number> {
  const sizes = await Promise.all(
    Object.values(filesIn(folder)).map(async (file) => (await stat(file).catch(() => null))?.size ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
