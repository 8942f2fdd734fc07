import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Compression } from '../../settings/settings.ts';

const chunkSize = 128 * 1024;

/** Decompresses a whole file: every member or frame of it. Errors when it is cut short or something else follows. */
export function createDecompressor(format: Compression['format']): Transform {
  // A gunzip that rejects garbage rejects a second member too; without the option it still rejects what is no member.
  return format === 'gzip'
    ? createGunzip({ chunkSize })
    : createZstdDecompress({ chunkSize, rejectGarbageAfterEnd: true });
}
