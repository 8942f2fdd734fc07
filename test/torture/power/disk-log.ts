import { readFileSync } from 'node:fs';

export type DiskWrite = { readonly kind: 'write'; readonly offset: number; readonly bytes: Buffer };

/** What a disk was told to do. A flush comes after all that was written before it reached the disk. */
export type DiskEvent = DiskWrite | { readonly kind: 'flush' };

const headerBytes = 13;

/** What recorder.py wrote, in order. What it is still writing is left out. */
export function readDiskLog(file: string): DiskEvent[] {
  const log = readFileSync(file);
  const events: DiskEvent[] = [];
  for (let at = 0; at + headerBytes <= log.length; ) {
    const isFlush = log.toString('latin1', at, at + 1) === 'F';
    const offset = Number(log.readBigUInt64LE(at + 1));
    const begin = at + headerBytes;
    at = begin + log.readUInt32LE(at + 9);
    if (at > log.length) break;
    events.push(isFlush ? { kind: 'flush' } : { kind: 'write', offset, bytes: log.subarray(begin, at) });
  }
  return events;
}
