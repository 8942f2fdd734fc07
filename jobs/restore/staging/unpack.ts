import { createHash } from 'node:crypto';
import { createWriteStream, statSync } from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AgeIdentity } from '../../archives/format/encryption.ts';
import { plainStream } from '../../archives/format/unarchive.ts';
import { systemCodeOf } from '../../runtime/errors.ts';
import { durationSince, formatBytes } from '../../runtime/format.ts';
import { diskFilledFailure } from '../../sqlite/snapshot/disk-space.ts';
import type { ObjectStore } from '../../store/store.ts';
import { removeFile } from '../files/durable-writes.ts';
import type { StageDeps } from './stage-deps.ts';
import { freeBeside, noUndoRoom, spareBytes } from './undo-room.ts';

const nearlyFull = new Error('the disk is nearly full');

/**
 * Downloads a backup, decrypts and decompresses it into `part`, and returns the sha256 of what it wrote. Throws ARCHIVE_ and
 * STORE_ failures, DISK_FULL.
 */
export async function unpack(
  { key, bytes }: { readonly key: string; readonly bytes: number },
  store: ObjectStore,
  identity: AgeIdentity | null,
  part: string,
  { clock, log, progress, signal, undoBytes = 0 }: StageDeps,
): Promise<string> {
  const began = clock.now();
  const bar = progress.start('download', bytes);
  const hash = createHash('sha256');
  let plainBytes = 0;
  let lookedAt = 0;
  const hashed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      plainBytes += chunk.length;
      const isTimeToLook = plainBytes - lookedAt > spareBytes / 2;
      if (isTimeToLook) lookedAt = plainBytes;
      done(isTimeToLook && freeBeside(part) < Math.max(undoBytes, spareBytes) ? nearlyFull : null, chunk);
    },
  });
  try {
    const stored = await store.read(key, { signal, onProgress: (done) => bar.advanceTo(done) });
    const plain = await plainStream(stored, key, identity, signal);
    // One that is there already has its own mode, or is a link to elsewhere.
    removeFile(part);
    const target = createWriteStream(part, { flags: 'wx', mode: 0o600, highWaterMark: 1024 * 1024 });
    await pipeline(plain, hashed, target, { signal });
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOSPC' && error !== nearlyFull) throw error;
    if (error === nearlyFull && undoBytes > spareBytes) {
      const free = freeBeside(part) + statSync(part).size;
      throw noUndoRoom(part, { free, restoreBytes: plainBytes, needed: undoBytes });
    }
    const hint = 'Free space there and run restore again; nothing was stopped or changed.';
    throw await diskFilledFailure(path.dirname(part), plainBytes, 'the restored database', error, hint);
  } finally {
    bar.stop();
  }
  log.line(
    `Downloaded and unpacked ${key}, ${formatBytes(bytes)} to ${formatBytes(plainBytes)} (${durationSince(began, clock.now())})`,
  );
  return hash.digest('hex');
}
