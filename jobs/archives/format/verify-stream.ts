import { once } from 'node:events';
import { Failure } from '../../runtime/errors.ts';
import { hashStream } from '../../runtime/hash.ts';
import type { Compression } from '../../settings/settings.ts';
import { createDecompressor } from './decompression.ts';

/**
 * Passes compressed bytes on while decompressing and hashing them, and throws READ_BACK_DIFFERS after the last unless they
 * are whole and their plain bytes hash to `expected()`, which is called at the end.
 */
export async function* verifyStream(
  compressed: AsyncIterable<Uint8Array>,
  format: Compression['format'],
  expected: () => string,
): AsyncGenerator<Uint8Array> {
  const decompressor = createDecompressor(format);
  const readBack = hashStream(decompressor).catch((error) => {
    throw differs('cannot be decompressed', error);
  });
  // It is awaited below; a rejection before that must not count as unhandled.
  readBack.catch(() => {});
  try {
    for await (const bytes of compressed) {
      // Both end with an error when it cannot be decompressed; the read back's says what that means.
      const drained = () => once(decompressor, 'drain').catch(() => readBack);
      if (!decompressor.write(bytes)) await Promise.race([drained(), readBack]);
      yield bytes;
    }
    decompressor.end();
    if ((await readBack) !== expected()) throw differs('decompresses to other bytes than the snapshot');
  } finally {
    decompressor.destroy();
  }
}

function differs(found: string, cause?: unknown): Failure {
  return new Failure(
    'READ_BACK_DIFFERS',
    `The archive ${found}; nothing was stored.`,
    'Run it again. If it happens once more, suspect the memory or the disk of this host.',
    cause,
  );
}
