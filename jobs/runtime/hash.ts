import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Step } from './progress.ts';

/** Length and sha256 (lower-case hex) of the bytes given so far. */
export type Meter = { update(bytes: Uint8Array): void; readonly bytes: number; sha256(): string };

const blockBytes = 1024 * 1024;

export function createMeter(): Meter {
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
export async function* metered(source: AsyncIterable<Uint8Array>, meter: Meter): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    meter.update(bytes);
    yield bytes;
  }
}

/** The sha256 of a file, in lower-case hex; `step` hears how many bytes are done. */
export async function hashFile(
  file: string,
  { signal, step }: { signal: AbortSignal; step?: Pick<Step, 'advanceTo'> },
): Promise<string> {
  const handle = await open(file);
  try {
    const meter = createMeter();
    const buffer = Buffer.allocUnsafeSlow(blockBytes);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer);
      if (bytesRead === 0) return meter.sha256();
      meter.update(buffer.subarray(0, bytesRead));
      step?.advanceTo(meter.bytes);
    }
  } finally {
    await handle.close();
  }
}
