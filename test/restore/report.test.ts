import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newJournal } from '../../jobs/restore/run/new-journal.ts';
import { reportText } from '../../jobs/restore/run/report.ts';
import type { DatabaseUsers } from '../../jobs/restore/usage/database-users.ts';

const now = Temporal.Instant.from('2026-11-28T02:00:00Z');

/** The report of a restore into a place where no database was, by how much was seen of who uses it. */
function report(visibility: DatabaseUsers['visibility'], takenAt: Temporal.Instant | null = null): string {
  const begun = newJournal(
    { label: 'a backup', takenAt },
    { path: '/nowhere/shop.db' },
    { healthRollback: true, healthTimeoutSeconds: null },
    {
      stamp: '2026-11-28_020000',
      services: { stop: [], joined: [] },
      crashingBefore: [],
      unhealthyBefore: [],
      oldTables: null,
      users: { visibility },
    },
    { inode: '1', bytes: 1, fingerprint: null, state: null, moved: null },
    now,
  );
  return reportText(begun, { now, zone: 'UTC' });
}

const restored = `
Restored a backup
  into         /nowhere/shop.db
  downtime     none: no service was stopped
`;
const safetyCopy = '  safety copy  none: there was no database before\n';

test('a restore that was allowed although nobody could be seen says so again at its end', () => {
  assert.equal(
    report({ processes: false, containers: false, gaps: ['Docker was not queried', 'there is no /proc here'] }),
    `${restored}  not known    whether anything uses the database: Docker was not queried, and there is no /proc here
${safetyCopy}`,
  );
  assert.equal(report({ processes: true, containers: false, gaps: ['Docker was not queried'] }), restored + safetyCopy);
});

test('a backup that is dated after now has no age in the report', () => {
  const visibility = { processes: true, containers: true, gaps: [] };
  const firstLine = (takenAt: string) => report(visibility, Temporal.Instant.from(takenAt)).split('\n')[1];
  assert.equal(
    firstLine('2026-11-27T02:00:00Z'),
    'Restored a backup, taken 2026-11-27 02:00:00 (UTC), 24 h 00 min ago',
  );
  assert.equal(
    firstLine('2026-11-28T10:00:00Z'),
    'Restored a backup, taken 2026-11-28 10:00:00 (UTC), dated 8 h 00 min ahead',
  );
});
