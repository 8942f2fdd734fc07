import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BackupFacts, factsOf, metadataOf } from '../../jobs/archives/metadata.ts';

const facts: BackupFacts = {
  snapshotSha256: 'a'.repeat(64),
  snapshotBytes: 4096,
  archiveSha256: 'b'.repeat(64),
  pages: 1,
  freePages: 0,
  rows: 7,
  tables: { orders: 5, 'kunde ä': 2 },
  schemaSha256: 'c'.repeat(64),
  applicationId: 0,
  userVersion: 3,
  journalMode: 'wal',
  sqliteVersion: '3.54.1',
  toolVersion: '0.1.0',
  takenAt: Temporal.Instant.from('2025-11-29T18:00:00Z'),
  suspect: null,
  findings: 2,
  compression: 'gzip-9',
  recipients: null,
  instance: '0123456789abcdef',
  host: 'web1',
};

test('what is written into the metadata is read out of it', () => {
  assert.deepEqual(factsOf(metadataOf(facts)), facts);
});

test('an object of the old shell script has no facts', () => {
  assert.equal(factsOf({}), null);
  assert.equal(factsOf({ 's3cmd-attrs': 'atime:1/mtime:2' }), null);
});

test('metadata that somebody broke counts as none', () => {
  for (const [name, value] of [
    ['snapshot-sha256', 'x'],
    ['snapshot-bytes', 'many'],
    ['taken-at', 'yesterday'],
  ] as const) {
    assert.equal(factsOf({ ...metadataOf(facts), [name]: value }), null);
  }
  assert.equal(factsOf({ ...metadataOf(facts), tables: '[1' })?.tables, null);
});

test('any table names and any reason fit into the 2 KB of ASCII that S3 allows', () => {
  const tables = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.nat(), { maxKeys: 200 });
  fc.assert(
    fc.property(tables, fc.string({ unit: 'grapheme', maxLength: 500 }), (tables, suspect) => {
      const metadata = metadataOf({ ...facts, tables, suspect, host: suspect });
      const text = Object.entries(metadata).flat().join('');
      assert.match(text, /^[\x20-\x7e]*$/);
      assert.ok(text.length <= 2048);
      const read = factsOf(metadata)?.tables;
      if (read !== null) assert.deepEqual(read, { ...tables });
    }),
  );
});
