import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportText } from '../../jobs/restore/report.ts';
import type { Users } from '../../jobs/restore/services/users.ts';
import { newJournal } from '../../jobs/restore/switch/journal.ts';

const now = Temporal.Instant.from('2026-11-28T02:00:00Z');

/** The report of a restore into a place where no database was, by how much was seen of who uses it. */
function report(sight: Users['sight']): string {
  const begun = newJournal(
    { label: 'a backup', takenAt: null },
    { path: '/nowhere/shop.db' },
    { healthRollback: true, healthTimeoutSeconds: null },
    {
      stamp: '2026-11-28_020000',
      services: { stop: [] },
      crashingBefore: [],
      unhealthyBefore: [],
      users: { sight },
    },
    { inode: '1', bytes: 1, character: null },
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
    report({ processes: false, containers: false, gaps: ['no Docker was asked', 'there is no /proc here'] }),
    `${restored}  not seen     whether something uses the database: no Docker was asked, and there is no /proc here
${safetyCopy}`,
  );
  assert.equal(report({ processes: true, containers: false, gaps: ['no Docker was asked'] }), restored + safetyCopy);
});
