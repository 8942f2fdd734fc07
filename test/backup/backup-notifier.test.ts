import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createBackupNotifier } from '../../jobs/backup/alerts/backup-notifier.ts';
import type { RunOutcome } from '../../jobs/backup/outcome.ts';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import { openResilientHistory, type ResilientHistory } from '../../jobs/monitoring/history/resilient-history.ts';
import { readBackupSettings } from '../../jobs/settings/settings.ts';
import { goodOutcome } from './good-outcome.ts';
import { alertMails } from './mailed.ts';

const good = goodOutcome('k');
const failed = (code: 'DISK_FULL' | 'STORE_BUSY'): RunOutcome => {
  return { kind: 'failed', failure: { code, message: `It was ${code}.`, hint: 'Repair it.' }, unrecorded: null };
};
const start = Temporal.Instant.from('2025-11-01T18:00:00Z');

/** Daily runs of the shop's databases, each in a process of its own as far as memory goes, with a real mail server. */
async function makeScene(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-notifier-'));
  for (const name of ['state', 'staging']) mkdirSync(path.join(folder, name));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const mails = await alertMails(t);
  const stateDir = path.join(folder, 'state');
  const environment = {
    DATABASE_PATH: '/data/shop.db,/data/stock.db',
    BACKUP_STORE: `file://${folder}/store`,
    STATE_DIR: stateDir,
    STAGING_DIR: path.join(folder, 'staging'),
  };
  const withMail = readBackupSettings({ ...environment, ...mails.environment });
  const withoutMail = readBackupSettings(environment);
  const log = { line: () => {}, warn: () => {}, failure: (failure: Error) => assert.fail(failure) };

  /** One round, so many hours after the start: how each database's run ended. Returns the subjects of its mails. */
  const round = async (hours: number, ended: Record<string, RunOutcome>, settings = withMail): Promise<string[]> => {
    const before = mails.subjects().length;
    const at = start.add({ minutes: Math.round(hours * 60) });
    const history = openResilientHistory(stateDir);
    const notifier = createBackupNotifier(settings, {
      history,
      clock: { now: () => at },
      log,
      signal: new AbortController().signal,
      firstWaitMs: 1,
    });
    for (const [name, outcome] of Object.entries(ended)) {
      const id = history.startRun('backup', name, at);
      history.setStep(id, 'upload');
      const key = `sqlite-backups/daily/${name}_${hours}`;
      if (outcome.kind === 'succeeded') {
        history.updateRun(id, { key, suspect: outcome.suspicion?.reason ?? null });
        history.recordVerification(key, 'verified', at);
        for (const one of outcome.disproved) history.recordDisproof(one, at);
      }
      if (outcome.kind !== 'interrupted') history.finishRun(id, outcome.kind, at);
      notifier.runEnded(
        { name, path: `/data/${name}.db` },
        outcome.kind === 'succeeded' ? { ...outcome, key } : outcome,
        [],
      );
    }
    const bad = Object.entries(ended).filter(([, { kind }]) => kind === 'failed');
    notifier.roundEnded(
      bad.map(([name]) => ({ name, path: `/data/${name}.db` })),
      false,
    );
    await notifier.flush();
    history.close();
    return mails
      .subjects()
      .slice(before)
      .map((subject) => subject?.replace('nightshift: ', '') ?? '');
  };
  /** The look at old backups between two rounds, after which the history knows more. Returns the subjects of its mails. */
  const look = async (hours: number, record: (history: ResilientHistory, at: Temporal.Instant) => void) => {
    const before = mails.subjects().length;
    const at = start.add({ hours });
    const history = openResilientHistory(stateDir);
    const clock = { now: () => at };
    const { signal } = new AbortController();
    const notifier = createBackupNotifier(withMail, { history, clock, log, signal, firstWaitMs: 1 });
    record(history, at);
    notifier.verificationFailed();
    await notifier.flush();
    history.close();
    return mails.subjects().slice(before);
  };
  return { round, look, mails, stateDir, withoutMail };
}

test('a failure of 30 days is the first mail and reminders after 1, 3, 7, 14, 21 and 28 days, with the age of the newest good backup', async (t) => {
  const { round, mails } = await makeScene(t);
  await round(0, { shop: good });
  const subjects: string[] = [];
  for (let night = 1; night <= 30; night += 1) {
    for (const subject of await round(night * 24, { shop: failed('DISK_FULL') }))
      subjects.push(`night ${night}: ${subject}`);
  }
  const subject = 'backup of shop FAILED (DISK_FULL)';
  const reminders = [2, 4, 8, 15, 22, 29].map((night) => `night ${night}: still: ${subject}`);
  assert.deepEqual(subjects, [`night 1: ${subject}`, ...reminders]);
  const text = mails.texts().at(-1) ?? '';
  assert.match(text, new RegExp(`^Something is wrong with the backups on ${hostname()}\\.\nWhen: 2025-12-01 02:00:00`));
  assert.match(
    text,
    /^Newest good backup of shop:\nsqlite-backups\/daily\/shop_0\nof 2025-11-02 02:00:00, 29 d 0 h ago$/m,
  );
});

test('a second, different failure is reported at once, and the same again is not', async (t) => {
  const { round } = await makeScene(t);
  assert.deepEqual(await round(0, { shop: failed('DISK_FULL') }), ['backup of shop FAILED (DISK_FULL)']);
  assert.deepEqual(await round(0.1, { shop: failed('STORE_BUSY') }), ['backup of shop FAILED (STORE_BUSY)']);
  assert.deepEqual(await round(0.3, { shop: failed('DISK_FULL') }), []);
  assert.deepEqual(await round(1.3, { shop: failed('STORE_BUSY') }), []);
});

test('one mail a run lists all that is wrong in all databases', async (t) => {
  const { round, mails } = await makeScene(t);
  const housekeeping = {
    code: 'STORE_DENIED',
    message: 'It may not delete.',
    hint: 'Give the key more rights.',
  } as const;
  const stock = { ...good, findings: ['CHECK constraint failed in items'], findingKinds: 1, housekeeping };
  assert.deepEqual(await round(0, { shop: failed('DISK_FULL'), stock }), [
    'backup of shop FAILED (DISK_FULL) and 2 more',
  ]);
  assert.deepEqual(mails.texts()[0]?.match(/^\d\. .*$/gm), [
    '1. The backup of shop failed.',
    '2. The backup of stock was made and its pages are sound, but the integrity check found:',
    '3. The backup of stock is safe. Not all that follows it was done.',
  ]);
});

test('a run of one database leaves what is known of the other: it is reminded of, and no all-clear comes', async (t) => {
  const { round } = await makeScene(t);
  assert.deepEqual(await round(0, { stock: failed('DISK_FULL') }), ['backup of stock FAILED (DISK_FULL)']);
  assert.deepEqual(await round(1, { shop: good }), []);
  assert.deepEqual(await round(2, { shop: good }), []);
  assert.deepEqual(await round(24, { shop: good }), ['still: backup of stock FAILED (DISK_FULL)']);
});

test('the all-clear comes after the second good run, and then nothing', async (t) => {
  const { round } = await makeScene(t);
  await round(0, { shop: failed('DISK_FULL') });
  assert.deepEqual(await round(0.1, { shop: good }), []);
  assert.deepEqual(await round(24, { shop: good }), ['backups of shop, stock work again']);
  assert.deepEqual(await round(48, { shop: good }), []);
});

test('SMTP set later than the outage: the mail goes out then, and says since when', async (t) => {
  const { round, mails, withoutMail } = await makeScene(t);
  for (const night of [0, 1, 2]) await round(night * 24, { shop: failed('DISK_FULL') }, withoutMail);
  assert.deepEqual(await round(72, { shop: failed('DISK_FULL') }), ['backup of shop FAILED (DISK_FULL)']);
  assert.match(mails.texts()[0] ?? '', /^Since: 2025-11-02 02:00:00, 3 d 0 h ago$/m);
  assert.deepEqual(await round(72.1, { shop: failed('DISK_FULL') }), []);
});

test('a mail server that is down at first: the mail goes out with the next run', async (t) => {
  const { round, mails } = await makeScene(t);
  mails.server.faults = { refuseClient: true };
  assert.deepEqual(await round(0, { shop: failed('DISK_FULL') }), []);
  mails.server.faults = {};
  assert.deepEqual(await round(0.1, { shop: failed('DISK_FULL') }), ['backup of shop FAILED (DISK_FULL)']);
});

test('backups that fail and work by turns every hour: one mail a day', async (t) => {
  const { round } = await makeScene(t);
  const hours: number[] = [];
  for (let hour = 0; hour < 24 * 4; hour += 1) {
    const outcome = hour % 3 === 0 ? failed('DISK_FULL') : good;
    if ((await round(hour, { shop: outcome })).length > 0) hours.push(hour);
  }
  // The first failure and its end; from then on it is known to come and go.
  assert.deepEqual(hours, [0, 2, 27, 51, 77]);
});

const suspicion = {
  reason: 'table orders lost all rows',
  lostTables: [{ table: 'orders', rows: 12 }],
  bytes: { before: 9, now: 9 },
};

test('a suspect is reported once and stays a problem over good runs and failed ones, until it is accepted', async (t) => {
  const { round, stateDir } = await makeScene(t);
  assert.deepEqual(await round(0, { shop: { ...good, suspicion } }), ['backup of shop is SUSPECT: did it lose data?']);
  assert.deepEqual(await round(1, { shop: good }), []);
  assert.deepEqual(await round(2, { shop: good }), []);
  assert.deepEqual(await round(24, { shop: failed('DISK_FULL') }), ['backup of shop FAILED (DISK_FULL) and 1 more']);
  const history = openHistory(stateDir);
  history.recordAcceptance('sqlite-backups/daily/shop_0', start);
  history.close();
  assert.deepEqual(await round(47, { shop: good }), []);
  assert.deepEqual(await round(48, { shop: good }), ['backups of shop, stock work again']);
});

const another = { ...suspicion, reason: 'table items lost all rows', lostTables: [{ table: 'items', rows: 3 }] };

test('of two suspects one is accepted: the mails name the other alone, also after a run that failed', async (t) => {
  const { round, mails, stateDir } = await makeScene(t);
  await round(0, { shop: { ...good, suspicion } });
  await round(24, { shop: { ...good, suspicion: another } });
  const history = openHistory(stateDir);
  history.recordAcceptance('sqlite-backups/daily/shop_24', start);
  history.close();
  assert.deepEqual(await round(72, { shop: good }), ['still: backup of shop is SUSPECT: did it lose data?']);
  assert.match(mails.texts().at(-1) ?? '', /^Since: 2025-11-02 02:00:00, 3 d 0 h ago$/m);
  assert.deepEqual(
    mails
      .texts()
      .at(-1)
      ?.match(/^(Something|Why|If all) .*$|^Why: .*$/gm),
    [
      `Something is wrong with the backups on ${hostname()}.`,
      'Why: table orders lost all rows',
      'If all is right: nightshift accept sqlite-backups/daily/shop_0',
    ],
  );
  assert.deepEqual(await round(73, { shop: failed('DISK_FULL') }), ['backup of shop FAILED (DISK_FULL) and 1 more']);
  assert.doesNotMatch(mails.texts().at(-1) ?? '', /items|shop_24/);
});

test('both of two open suspects are named, and one accepted is wrong no longer while its database does not run', async (t) => {
  const { round, mails, stateDir } = await makeScene(t);
  await round(0, { shop: { ...good, suspicion } });
  assert.deepEqual(await round(1, { shop: { ...good, suspicion: another } }), [
    'backup of shop is SUSPECT: did it lose data? and 1 more',
  ]);
  assert.deepEqual(
    mails
      .texts()
      .at(-1)
      ?.match(/nightshift accept .*$/gm),
    ['nightshift accept sqlite-backups/daily/shop_0', 'nightshift accept sqlite-backups/daily/shop_1'],
  );
  const history = openHistory(stateDir);
  for (const key of [0, 1]) history.recordAcceptance(`sqlite-backups/daily/shop_${key}`, start);
  history.close();
  assert.deepEqual(await round(2, { stock: good }), []);
  assert.deepEqual(await round(3, { stock: good }), ['backups of shop, stock work again']);
});

test('a suspect that a later backup disproves is wrong no longer', async (t) => {
  const { round } = await makeScene(t);
  await round(0, { shop: { ...good, suspicion } });
  assert.deepEqual(await round(24, { shop: { ...good, disproved: ['sqlite-backups/daily/shop_0'] } }), []);
  assert.deepEqual(await round(48, { shop: good }), ['backups of shop, stock work again']);
});

test('an emptied store is reported once, also when nobody could be reached at first, and has no all-clear', async (t) => {
  const { round, withoutMail } = await makeScene(t);
  const storeEmptied = 'The store has none of 20 backups.';
  assert.deepEqual(await round(0, { shop: { ...good, storeEmptied } }, withoutMail), []);
  assert.deepEqual(await round(24, { shop: good }), [
    'no earlier backup of shop is in the store: removed, or another store?',
  ]);
  for (const night of [2, 3, 4]) assert.deepEqual(await round(night * 24, { shop: good }), []);
});

test('an old backup that does not verify is alerted at once, stays a problem through good nights, and ends when it verifies again', async (t) => {
  const { round, look, stateDir } = await makeScene(t);
  const key = 'sqlite-backups/weekly/stock_2025-W40.db.gz';
  const bothGood = { shop: good, stock: good };
  assert.deepEqual(await round(0, bothGood), []);
  assert.deepEqual(
    await look(1, (history, at) => history.recordDamage('stock', { key, message: 'It is cut short.' }, at)),
    ['nightshift: a stored backup of stock is DAMAGED'],
  );
  assert.deepEqual(await round(24, bothGood), ['still: a stored backup of stock is DAMAGED']);
  assert.deepEqual(await round(48, bothGood), []);
  const history = openHistory(stateDir);
  history.recordVerification(key, 'verified', start.add({ hours: 50 }));
  history.close();
  assert.deepEqual(await round(72, bothGood), []);
  assert.deepEqual(await round(96, bothGood), ['backups of shop, stock work again']);
});
