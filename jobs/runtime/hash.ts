import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ProgressBar } from './progress.ts';

/** Length and sha256 (lower-case hex) of the bytes given so far. */
export type HashMeter = { update(bytes: Uint8Array): void; readonly bytes: number; sha256(): string };

const blockBytes = 1024 * 1024;

export function createHashMeter(): HashMeter {
  const hash = createHash('sha256');
  let count = 0;
  return {
    update(bytes) {
      hash.update(bytes);
      count += bytes.length;
    },
    get bytes() {
      return count;
    },
    sha256: () => hash.copy().digest('hex'),
  };
}

/** Passes `source` on, byte for byte, and lets `meter` see it. */
export async function* throughMeter(source: AsyncIterable<Uint8Array>, meter: HashMeter): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    meter.update(bytes);
    yield bytes;
  }
}

/** Reads `source` to its end and returns its sha256, in lower-case hex. */
export async function hashStream(source: AsyncIterable<Uint8Array>): Promise<string> {
  const meter = createHashMeter();
  for await (const bytes of source) meter.update(bytes);
  return meter.sha256();
}

/** The sha256 of a file, in lower-case hex; `bar` shows how many bytes are done. */
export async function hashFile(
  file: string,
  { signal, bar }: { signal: AbortSignal; bar?: Pick<ProgressBar, 'advanceTo'> },
): Promise<string> {
  const handle = await open(file);
  try {
    const meter = createHashMeter();
    const buffer = Buffer.allocUnsafeSlow(blockBytes);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer);
      if (bytesRead === 0) return meter.sha256();
      meter.update(buffer.subarray(0, bytesRead));
      bar?.advanceTo(meter.bytes);
    }
  } finally {
    await handle.close();
  }
}
