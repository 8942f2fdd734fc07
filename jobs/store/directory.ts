import type { Stats } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseTemporaryName, writeAtomically } from './directory/atomic-write.ts';
import { directoryFailure } from './directory/failure.ts';
import { type FoundFile, listFiles, nullIfMissing } from './directory/list-files.ts';
import {
  describeFile,
  parseSidecarName,
  removeSidecars,
  type SidecarName,
  type SidecarVersion,
  sidecarOfTime,
  versionOf,
} from './directory/sidecar.ts';
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

  async function head(key: string, signal: AbortSignal | undefined): Promise<StoredObject | null> {
    const file = pathOf(key);
    const stats = await nullIfMissing(stat(file));
    if (!stats?.isFile()) return null;
    const described = await nullIfMissing(describeFile(file, stats, signal));
    const after = await nullIfMissing(stat(file));
    if (described === null || after === null || etagOf(after) !== etagOf(stats)) return await head(key, signal);
    const etag = etagOf(stats);
    if (described.kind === 'known')
      return { ...listed(key, stats, described.name), metadata: described.metadata, etag };
    const unknown = { ...listed(key, stats), metadata: {}, etag };
    return described.kind === 'changed' ? { ...unknown, changed: true } : unknown;
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
    const source = await head(from, signal);
    if (source === null) throw objectMissingFailure(from, name);
    await writeAtomically(pathOf(from), pathOf(to), metadata ?? source.metadata, { signal });
  }

  /** An unfinished copy and the sidecar written for it; also a sidecar that a finished one has replaced. */
  async function removeStale(prefix: string, isStale: (upload: UnfinishedUpload) => boolean): Promise<string[]> {
    const files = await listFiles(root, prefix);
    const isAsked = (key: string, stats: Stats) => key.startsWith(prefix) && isStale({ key, started: startOf(stats) });
    const aborted = new Map<string, Set<SidecarVersion>>();
    for (const file of files) {
      const object = parseTemporaryName(file.name);
      if (object === null) continue;
      const key = keyBeside(file, object);
      if (!isAsked(key, file.stats)) continue;
      await rm(path.join(root, file.key), { force: true });
      aborted.set(key, (aborted.get(key) ?? new Set()).add(versionOf(file.stats)));
    }
    for (const file of files) {
      const name = parseSidecarName(file.name);
      if (name === null) continue;
      const key = keyBeside(file, name.object);
      const object = path.join(root, key);
      const stats = await nullIfMissing(stat(object));
      const own = stats === null ? null : await sidecarOfTime(object, stats);
      const isOwn = own?.name.version === name.version && own.name.stored === name.stored;
      const isLeftover = !isOwn && (aborted.get(key)?.has(name.version) || (own !== null && isAsked(key, file.stats)));
      if (isLeftover) await rm(path.join(root, file.key), { force: true });
    }
    return [...aborted.keys()].toSorted(byBytes);
  }

  return {
    name,
    list: (prefix, signal) =>
      withErrors(`listing ${path.join(root, prefix)}`, signal, async () => {
        const files = await listFiles(root, prefix);
        const renamed = renamedSidecars(files);
        return files
          .filter((file) => file.key.startsWith(prefix) && !file.name.startsWith('.'))
          .map((file) => listed(file.key, file.stats, renamed.get(`${file.key}.${versionOf(file.stats)}`)))
          .toSorted((a, b) => byBytes(a.key, b.key));
      }),
    head: (key, signal) => withErrors(`looking at ${path.join(root, key)}`, signal, () => head(key, signal)),
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

/** A file that got another time since was stored when its sidecar says. */
function listed(key: string, stats: Stats, sidecar?: SidecarName): ListedObject {
  const isRenamed = sidecar !== undefined && sidecar.stored !== sidecar.version;
  return { key, bytes: stats.size, modified: instantOf(isRenamed ? sidecar.stored * 1000 : stats.mtimeMs) };
}

/** Sidecars of files that got another time, by key and that time. */
function renamedSidecars(files: readonly FoundFile[]): Map<string, SidecarName> {
  const renamed = new Map<string, SidecarName>();
  for (const file of files) {
    const name = parseSidecarName(file.name);
    if (name !== null && name.stored !== name.version) {
      renamed.set(`${keyBeside(file, name.object)}.${name.version}`, name);
    }
  }
  return renamed;
}

/** The key of the object `name` in the folder of a file. */
function keyBeside(file: FoundFile, name: string): string {
  return `${file.key.slice(0, -file.name.length)}${name}`;
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
