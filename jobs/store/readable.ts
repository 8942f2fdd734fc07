import { addAbortListener } from 'node:events';
import { Readable } from 'node:stream';
import { interruptedFailure } from '../runtime/errors.ts';
import type { TransferOptions } from './store.ts';

/** Bytes pulled one chunk at a time. `next` gives null after the last; a rejection ends the stream with that error. */
export type ByteSource = { next(): Promise<Uint8Array | null>; close(): void | Promise<void> };

/** A stream of a source's bytes that closes it at the end, and ends with INTERRUPTED when the transfer is aborted. */
export function readableFrom(source: ByteSource, { signal, onProgress }: TransferOptions): Readable {
  let received = 0;
  const stream = new Readable({
    read() {
      source.next().then(
        (chunk) => {
          received += chunk?.length ?? 0;
          onProgress?.(received);
          stream.push(chunk);
        },
        (error: Error) => stream.destroy(error),
      );
    },
    destroy(error, done) {
      Promise.try(() => source.close()).then(
        () => done(error),
        (closing: Error) => done(error ?? closing),
      );
    },
  });
  if (signal !== undefined) {
    const listener = addAbortListener(signal, () => stream.destroy(interruptedFailure(signal.reason)));
    stream.once('close', () => listener[Symbol.dispose]());
  }
  return stream;
}
