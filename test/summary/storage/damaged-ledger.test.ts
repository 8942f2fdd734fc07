import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import { openSummaryStore } from '../../../jobs/summary/storage/summary-store.ts';
import { needs } from '../../lab/parts.ts';
import { nightshift } from '../../nightshift.ts';
import { startSmtpServer } from '../../smtp-server.ts';
import { day, makeSummaryScene } from '../scene.ts';

/** A shop whose summary of the day went out to everybody, and its file of summaries. */
async function makeSentSummary(t: TestContext) {
  const server = await startSmtpServer({ security: 'plain' });
  t.after(() => server.close());
  const { environment, settings } = makeSummaryScene(t, {
    environment: { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.smtp.port), SMTP_FROM: 'shop@example.com' },
  });
  const send = () => nightshift(['summary', 'send', '--day', day], environment);
  assert.equal((await send()).code, 0);
  assert.equal(server.mails.length, 1);
  const file = path.join(settings.stateDir, 'summaries.db');
  const status = () => nightshift(['summary', 'status'], environment);
  return { server, file, send, status };
}

/** Takes the row out of the index that finds it, as a lost write does. */
function loseIndexEntry(file: string): void {
  const db = new Sqlite(file);
  const pageSize = Number(db.pragma('page_size', { simple: true }));
  const root = `SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_deliveries_1'`;
  const page = Number(db.prepare(root).pluck().get());
  db.close();
  const emptyLeaf = Buffer.from([0x0a, 0, 0, 0, 0, pageSize >> 8, pageSize & 0xff, 0]);
  const handle = openSync(file, 'r+');
  writeSync(handle, emptyLeaf, 0, emptyLeaf.length, (page - 1) * pageSize);
  closeSync(handle);
}

const damages: [string, (file: string) => void][] = [
  ['no database any more', (file) => writeFileSync(file, 'overwritten by something else'.repeat(400))],
  ['without the entry of a mail in its index', loseIndexEntry],
];
for (const [what, damage] of damages) {
  test(`with a ledger that is ${what} nobody gets a mail twice: it is refused, with what to do`, async (t) => {
    const { server, file, send, status } = await makeSentSummary(t);
    damage(file);
    for (const ended of [await send(), await status()]) {
      assert.equal(ended.code, 1);
      assert.match(
        ended.err,
        /^LEDGER_DAMAGED: .*summaries\.db is damaged \(.*\): who received which summary is not certain, so none is sent\.$/m,
      );
      assert.match(ended.err, /What to do: Put back an earlier copy of the file\./);
      assert.doesNotMatch(ended.out, /nothing was ever sent/);
    }
    assert.equal(server.mails.length, 1);
  });
}

test('a ledger that this user may not read is not reported as nothing sent', needs('root'), (t) => {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'nightshift-ledger-'));
  t.after(() => rmSync(stateDir, { recursive: true }));
  openSummaryStore(stateDir).close();
  const code = `const { openSummaryStoreReadOnly } = await import('${path.resolve('jobs/summary/storage/summary-store.ts')}');
    try { console.log(openSummaryStoreReadOnly('${stateDir}')); } catch (error) { console.log(error.code); }`;
  const args = ['--input-type=module', '--eval', code];
  const found = execFileSync(process.execPath, args, { uid: 1000, gid: 1000, encoding: 'utf8', cwd: '/' });
  assert.equal(found, 'STATE_UNWRITABLE\n');
});
