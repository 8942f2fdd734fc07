import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import { withRunRecord } from '../../jobs/restore/run/run-recorder.ts';
import { needs } from '../lab/parts.ts';
import { smallDisk } from '../small-disk.ts';

const at = Temporal.Instant.from('2025-11-29T18:00:00Z');

/** Records a restore that comes through its steps; what the log warned of. */
async function restoreWith(stateDir: string, between = () => {}) {
  const warnings: string[] = [];
  const log = { line() {}, warn: (text: string) => warnings.push(text), failure() {} };
  const result = await withRunRecord(
    { stateDir, database: 'shop' },
    { clock: { now: () => at }, log },
    async (record) => {
      record.step('download');
      between();
      record.step('swap');
      record.note({ key: 'k' });
      return 'restored';
    },
  );
  return { result, warnings };
}

function folder(t: TestContext) {
  const made = mkdtempSync(path.join(tmpdir(), 'nightshift-record-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a damaged history never stops a restore: it is warned of once, and left for the next backup', async (t) => {
  const stateDir = folder(t);
  const file = path.join(stateDir, 'history.db');
  writeFileSync(file, 'not a database, but long enough to be read as one'.repeat(50));
  assert.deepEqual(await restoreWith(stateDir), {
    result: 'restored',
    warnings: [`The run history ${file} is damaged: file is not a database. The restore continues without it.`],
  });
});

test('a state disk that fills during a restore is warned of, and the restore continues', needs('root'), async (t) => {
  const disk = smallDisk(t, 'tmpfs', 1);
  openHistory(disk.folder).close();
  const { result, warnings } = await restoreWith(disk.folder, () => disk.fill());
  assert.equal(result, 'restored');
  assert.deepEqual(
    warnings.map((text) => text.replace(/.*: (.*)/, '$1')),
    ['database or disk is full. The restore continues without it.'],
  );
});
