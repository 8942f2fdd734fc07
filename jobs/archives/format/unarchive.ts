import { addAbortSignal, PassThrough, pipeline, type Readable } from 'node:stream';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import type { Compression } from '../../settings/settings.ts';
import { createDecompressor } from './decompression.ts';
import { type AgeIdentity, decrypt } from './encryption.ts';

/**
 * The plain bytes of a stored archive: decrypted when `key` ends with .age, decompressed by its .gz or .zst. `stored` is
 * destroyed with the returned stream. Throws, or ends the stream with: ARCHIVE_UNREADABLE, ARCHIVE_IDENTITY_MISSING,
 * ARCHIVE_IDENTITY_WRONG, an AbortError, or what `stored` itself ends with.
 */
export async function plainStream(
  stored: Readable,
  key: string,
  identity: AgeIdentity | null,
  signal: AbortSignal,
): Promise<Readable> {
  addAbortSignal(
    signal,
    stored.on('error', () => {}),
  );
  const source = rememberError(stored);
  const failureOf = (error: unknown) => source.error() ?? decodingFailure(error, key);
  try {
    const { compression, isEncrypted } = formatOf(key);
    const compressed = isEncrypted ? await decrypt(source.bytes, key, identity) : source.bytes;
    const plain = new PassThrough({
      destroy(error, done) {
        stored.destroy();
        done(error && failureOf(error));
      },
    });
    pipeline(compressed, createDecompressor(compression), plain, () => {});
    return addAbortSignal(signal, plain);
  } catch (error) {
    stored.destroy();
    throw failureOf(error);
  }
}

/** The stream's bytes, and the error it ended with, which is not the archive's. */
function rememberError(stored: Readable) {
  let broken: Error | null = null;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield* stored;
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      throw broken;
    }
  }
  return { bytes: bytes(), error: (): Error | null => broken };
}

function formatOf(key: string): { compression: Compression['format']; isEncrypted: boolean } {
  const [, ending, age] = /\.(gz|zst)(\.age)?$/.exec(key) ?? [];
  if (ending === undefined) {
    throw new Failure(
      'ARCHIVE_UNREADABLE',
      `${key} ends with neither .gz nor .zst, nor with one of them and .age.`,
      'Choose a backup that `nightshift list` shows.',
    );
  }
  return { compression: ending === 'gz' ? 'gzip' : 'zstd', isEncrypted: age !== undefined };
}

function decodingFailure(error: unknown, key: string): Error {
  if (error instanceof Failure || (error instanceof Error && error.name === 'AbortError')) return error;
  const isCutShort = systemCodeOf(error) === 'Z_BUF_ERROR';
  const reason = error instanceof Error ? error.message : String(error);
  return new Failure(
    'ARCHIVE_UNREADABLE',
    `${key} ${isCutShort ? 'is cut short' : `is damaged, or not what its name says (${reason})`}.`,
    'Choose another backup from `nightshift list`. This object may have an older, whole version in the bucket.',
    error,
  );
}
