import type { Stats } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseTemporaryName, writeAtomically } from './directory/atomic-write.ts';
import { directoryFailure } from './directory/failure.ts';
import { listFiles, nullIfMissing } from './directory/list-files.ts';
import { parseSidecarName, readSidecar, removeSidecars, versionOf } from './directory/sidecar.ts';
import { checkedKey, checkedMetadata } from './keys.ts';
import { objectMissingFailure } from './missing.ts';
import { readableFrom } from './readable.ts';
import type {
  ListedObject,
  ObjectMetadata,
  ObjectStore,
  StoredObject,
  TransferOptions,
  UnfinishedUpload,
} from './store.ts';
import { withStoreErrors } from './store-errors.ts';

const chunkBytes = 256 * 1024;

/** Objects as plain files below `folder`, their keys as paths. The folder appears with the first object. */
export function createDirectoryStore(folder: string): ObjectStore {
  const root = path.resolve(folder);
  const name = pathToFileURL(root).href;
  const pathOf = (key: string) => path.join(root, checkedKey(key));

  const withErrors = <T>(doing: string, signal: AbortSignal | undefined, work: () => Promise<T>) =>
    withStoreErrors(signal, work, (error) => directoryFailure(error, doing, root));

  async function head(key: string): Promise<StoredObject | null> {
    const file = pathOf(key);
    const stats = await nullIfMissing(stat(file));
    if (!stats?.isFile()) return null;
    const metadata = await readSidecar(file, versionOf(stats), stats.size);
    const after = await nullIfMissing(stat(file));
    const stayed = after !== null && etagOf(after) === etagOf(stats);
    return stayed ? { ...listed(key, stats), metadata, etag: etagOf(stats) } : await head(key);
  }

  async function read(key: string, transfer: TransferOptions) {
    const file = pathOf(key);
    const handle = await nullIfMissing(open(file, 'r'));
    const stats = await handle?.stat();
    if (!handle || !stats?.isFile()) {
      await handle?.close();
      throw objectMissingFailure(key, name);
    }
    let position = 0;
    const next = async () => {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
      position += bytesRead;
      if (bytesRead > 0) return buffer.subarray(0, bytesRead);
      if (position === stats.size) return null;
      throw new Error(`it ended after ${position} of ${stats.size} bytes`);
    };
    const reading = () => withErrors(`reading ${file}`, undefined, next);
    return readableFrom({ next: reading, close: () => handle.close() }, transfer);
  }

  async function copy(from: string, to: string, metadata: ObjectMetadata | undefined, signal: AbortSignal | undefined) {
    const source = await head(from);
    if (source === null) throw objectMissingFailure(from, name);
    await writeAtomically(pathOf(from), pathOf(to), metadata ?? source.metadata, { signal });
  }

  async function removeStale(prefix: string, isStale: (upload: UnfinishedUpload) => boolean): Promise<string[]> {
    const aborted = new Set<string>();
    for (const { key: hidden, name: hiddenName, stats } of await listFiles(root, prefix)) {
      const sidecar = parseSidecarName(hiddenName);
      const object = parseTemporaryName(hiddenName) ?? sidecar?.object;
      if (object === undefined) continue;
      const key = `${hidden.slice(0, -hiddenName.length)}${object}`;
      const inUse = sidecar && (await nullIfMissing(stat(pathOf(key)).then(versionOf))) === sidecar.version;
      if (inUse || !key.startsWith(prefix) || !isStale({ key, started: startOf(stats) })) continue;
      await rm(path.join(root, hidden), { force: true });
      aborted.add(key);
    }
    return [...aborted].toSorted(byBytes);
  }

  return {
    name,
    list: (prefix, signal) =>
      withErrors(`listing ${path.join(root, prefix)}`, signal, async () => {
        const files = await listFiles(root, prefix);
        return files
          .filter((file) => file.key.startsWith(prefix) && !file.name.startsWith('.'))
          .map((file) => listed(file.key, file.stats))
          .toSorted((a, b) => byBytes(a.key, b.key));
      }),
    head: (key, signal) => withErrors(`looking at ${path.join(root, key)}`, signal, () => head(key)),
    async put(key, file, metadata, transfer = {}) {
      checkedMetadata(metadata);
      await withErrors(`writing ${path.join(root, key)}`, transfer.signal, () =>
        writeAtomically(file, pathOf(key), metadata, transfer),
      );
    },
    read: (key, transfer = {}) =>
      withErrors(`reading ${path.join(root, key)}`, transfer.signal, () => read(key, transfer)),
    async copy(from, to, metadata, signal) {
      if (metadata !== undefined) checkedMetadata(metadata);
      const doing = `copying ${path.join(root, from)} to ${path.join(root, to)}`;
      await withErrors(doing, signal, () => copy(from, to, metadata, signal));
    },
    remove: (key, signal) =>
      withErrors(`removing ${path.join(root, key)}`, signal, async () => {
        await nullIfMissing(rm(pathOf(key)));
        await nullIfMissing(removeSidecars(pathOf(key), null));
      }),
    abortUploads: (prefix, isStale, signal) =>
      withErrors(`removing unfinished uploads below ${path.join(root, prefix)}`, signal, () =>
        removeStale(prefix, isStale),
      ),
    clockSkewSeconds: async () => null,
    now: (clock) => clock.now(),
    close() {},
  };
}

function listed(key: string, stats: Stats): ListedObject {
  return { key, bytes: stats.size, modified: instantOf(stats.mtimeMs) };
}

/** The inode's own change time cannot be set, so it distinguishes two files of one second and size. */
function etagOf(stats: Stats): string {
  return `${stats.ino.toString(16)}-${stats.size.toString(16)}-${stats.ctimeMs.toString(16)}`;
}

function startOf(stats: Stats): Temporal.Instant {
  return instantOf(stats.birthtimeMs > 0 ? Math.min(stats.birthtimeMs, stats.mtimeMs) : stats.mtimeMs);
}

function instantOf(epochMilliseconds: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(epochMilliseconds));
}

/** The order S3 lists keys in. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
