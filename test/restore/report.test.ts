import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newJournal } from '../../jobs/restore/run/new-journal.ts';
import { reportText } from '../../jobs/restore/run/report.ts';
import type { DatabaseUsers } from '../../jobs/restore/usage/database-users.ts';

const now = Temporal.Instant.from('2026-11-28T02:00:00Z');

/** The report of a restore into a place where no database was, by how much was seen of who uses it. */
function report(visibility: DatabaseUsers['visibility']): string {
  const begun = newJournal(
    { label: 'a backup', takenAt: null },
    { path: '/nowhere/shop.db' },
    { healthRollback: true, healthTimeoutSeconds: null },
    {
      stamp: '2026-11-28_020000',
      services: { stop: [] },
      crashingBefore: [],
      unhealthyBefore: [],
      users: { visibility },
    },
    { inode: '1', bytes: 1, fingerprint: null },
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
