import { createHash } from 'node:crypto';
import process from 'node:process';
import { crc32 } from 'node:zlib';

/** Where the deflated bytes of one block lie in a kept archive, and their CRC-32. */
export type BlockLocation = { readonly offset: number; readonly bytes: number; readonly crc: number };

/** Finds deflated blocks of one archive by what they were made from. */
export type BlockIndex = {
  /** Of the snapshot in that archive. */
  readonly snapshotSha256: string;
  find(key: Buffer): BlockLocation | null;
};

/** What decides which bytes a block is deflated to, beside the block and what is before it. */
export type DeflateSettings = { readonly level: number; readonly blockBytes: number };

const keyBytes = 16;
const hashBytes = 32;
/** Of a record: key, offset (48 bits), length, CRC-32. */
const at = { offset: keyBytes, bytes: keyBytes + 6, crc: keyBytes + 10 };
const recordBytes = keyBytes + 14;

/** What a block is deflated from: itself and the bytes before it that it may point back into. */
export function blockKey(dictionary: Buffer | undefined, block: Buffer): Buffer {
  const hash = createHash('sha256').update(`${block.length} `);
  if (dictionary !== undefined) hash.update(dictionary);
  return hash.update(block).digest().subarray(0, keyBytes);
}

/** Collects where the blocks of one archive lie; each is added under its number, from 0, in any order. */
export function createIndexBuilder() {
  let records = Buffer.alloc(1024 * recordBytes);
  let count = 0;
  return {
    add(number: number, key: Buffer, deflated: Buffer): void {
      const start = number * recordBytes;
      if (start + recordBytes > records.length) records = Buffer.concat([records], records.length * 2);
      key.copy(records, start);
      records.writeUInt32BE(deflated.length, start + at.bytes);
      records.writeUInt32BE(crc32(deflated), start + at.crc);
      count = Math.max(count, number + 1);
    },
    /** The index as a file; the first block begins at `firstOffset` of the archive, and none is missing. */
    serialize(settings: DeflateSettings, snapshotSha256: string, firstOffset: number): Buffer {
      let offset = firstOffset;
      for (let start = 0; start < count * recordBytes; start += recordBytes) {
        records.writeUIntBE(offset, start + at.offset, 6);
        offset += records.readUInt32BE(start + at.bytes);
      }
      const content = Buffer.concat([
        Buffer.from(headerLine(settings)),
        Buffer.from(snapshotSha256, 'hex'),
        sorted(records, count),
      ]);
      return Buffer.concat([content, sha256(content)]);
    },
  };
}

/** Reads what `serialize` made; null when it is damaged, or was made with other settings or another program. */
export function parseIndex(file: Buffer, settings: DeflateSettings): BlockIndex | null {
  const content = file.subarray(0, -hashBytes);
  const header = Buffer.from(headerLine(settings));
  const records = content.subarray(header.length + hashBytes);
  const isOurs = content.subarray(0, header.length).equals(header) && sha256(content).equals(file.subarray(-hashBytes));
  if (!isOurs || records.length % recordBytes !== 0) return null;
  return {
    snapshotSha256: content.subarray(header.length, header.length + hashBytes).toString('hex'),
    find: (key) => findRecord(records, key),
  };
}

/** Another zlib, or another processor, may deflate the same bytes to others. */
function headerLine({ level, blockBytes }: DeflateSettings): string {
  return `nightshift memory 1, gzip ${level}, blocks of ${blockBytes}, zlib ${process.versions.zlib} ${process.arch}\n`;
}

/** The records in the order of their keys. */
function sorted(records: Buffer, count: number): Buffer {
  const starts = Uint32Array.from({ length: count }, (_, number) => number);
  starts.sort((one, other) => {
    const [from, to] = [one * recordBytes, other * recordBytes];
    return records.compare(records, to, to + keyBytes, from, from + keyBytes);
  });
  const result = Buffer.alloc(count * recordBytes);
  starts.forEach((number, place) => {
    records.copy(result, place * recordBytes, number * recordBytes, (number + 1) * recordBytes);
  });
  return result;
}

function findRecord(records: Buffer, key: Buffer): BlockLocation | null {
  let [low, high] = [0, records.length / recordBytes];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = middle * recordBytes;
    const order = key.compare(records, start, start + keyBytes);
    if (order === 0) {
      return {
        offset: records.readUIntBE(start + at.offset, 6),
        bytes: records.readUInt32BE(start + at.bytes),
        crc: records.readUInt32BE(start + at.crc),
      };
    }
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return null;
}

function sha256(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
