import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { formatCount } from '../runtime/format.ts';

/** What a person would do to be sure of a backup, with none of nightshift's own code: gunzip it and check it with SQLite. */
export async function verifyByHand(archive: string): Promise<string> {
  const file = `${archive}.check`;
  try {
    await pipeline(createReadStream(archive), createGunzip(), createWriteStream(file));
    const db = new Sqlite(file, { readonly: true });
    const integrity = db.pragma('integrity_check', { simple: true });
    const orders = db.prepare<[], { count: number }>('SELECT count(*) AS count FROM orders').get();
    db.close();
    return `integrity_check: ${integrity}; ${formatCount(orders?.count ?? 0)} orders`;
  } finally {
    await rm(file, { force: true });
  }
}
