import assert from 'node:assert/strict';
import { backupDateOf } from '../../jobs/archives/backup-date.ts';
import { databaseInKey, locateKey } from '../../jobs/archives/names.ts';
import { kinds } from './layout.ts';

export const zone = 'Asia/Kuala_Lumpur';
export const shop = { name: 'shop', path: '/data/shop.db' };
export const books = { name: 'books', path: '/data/books.db' };
const now = Temporal.Instant.from('2025-12-10T00:00:00Z');

/** A stored backup; with the first letters of a snapshot's hash it has metadata, and was taken at `takenAt`. */
export function stored(place: string, snapshotSha256: string | null = null, takenAt = '2025-11-29T18:00:00Z') {
  const key = `sqlite-backups/${place}`;
  const facts = snapshotSha256 === null ? null : { snapshotSha256, takenAt: Temporal.Instant.from(takenAt) };
  const modified = Temporal.Instant.from('2025-12-01T00:00:00Z');
  const location = locateKey(key, kinds) ?? assert.fail(key);
  const date = backupDateOf({ key, modified, facts }, zone, now, kinds);
  return { key, ...location, database: databaseInKey(key, kinds), isChanged: false, facts, date };
}
