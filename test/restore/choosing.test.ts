import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, before, beforeEach, test } from 'node:test';
import { openHistory } from '../../jobs/monitoring/history/open-history.ts';
import { quoteWords } from '../../jobs/runtime/shell-quoting.ts';
import { filesBeside } from './restore-scene.ts';
import { runRestore } from './run-action.ts';
import { complete, holds, makeTestDatabases, type TestDatabases } from './test-databases.ts';

let databases: TestDatabases;
let store: string;
/** The name of the one that nightshift made. The others are as the old shell script left them. */
let made: string;

before(() => {
  databases = makeTestDatabases();
  store = path.join(databases.folder, 'store/sqlite-backups');
  const daily = path.join(store, 'daily');
  [made = ''] = readdirSync(daily).filter((file) => !file.startsWith('.'));
  mkdirSync(path.join(store, 'weekly'));
  for (const name of ['daily/shop_2025-11-30_020000', 'daily/shop_2025-11-29_020000', 'weekly/shop_2025-W48'])
    cpSync(path.join(daily, made), path.join(store, `${name}.db.gz`));
  cpSync(path.join(daily, made), path.join(daily, 'shop_2025-11-29_140000.db.gz'));
  return () => databases.remove();
});
beforeEach(() => databases.reset());
afterEach(() => {
  for (const name of readdirSync(databases.folder)) if (/^look/.test(name)) rmSync(path.join(databases.folder, name));
});

type TypedAnswers = { readonly answers?: readonly string[]; readonly yes?: true; readonly options?: object };

/** `nightshift restore WORDS` with these answers to its questions; without any there is no terminal. */
async function choose(words: readonly string[], { answers, yes, options = {} }: TypedAnswers = {}) {
  const [file, folder] = words;
  const asked: string[] = [];
  const prompt = async (question: string) => {
    asked.push(question);
    return answers?.[asked.length - 1] ?? assert.fail(`nothing to answer to: ${question}`);
  };
  const { ending, text } = await runRestore(file, databases.environment, {
    prompt: answers === undefined ? null : prompt,
    options: { folder, yes, ...options },
  });
  return { ending, text, asked };
}

/** Lines that begin so, times as TIME. */
const linesOf = (text: string, beginning: RegExp) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => beginning.test(line));

function assertUntouched(): void {
  assert.equal(holds(databases.database), complete.old);
  assert.deepEqual(filesBeside(databases), ['shop.db-shm', 'shop.db-wal']);
}

const question = 'Which one? Its number, or a name or date; Enter for none: ';

test('restore alone in a terminal shows the list with numbers, and the number restores that one', async () => {
  const { ending, text, asked } = await choose([], { answers: ['1', 'y'] });
  assert.equal(ending, 'done', text);
  assert.deepEqual(asked, [question, 'Restore it? [y/N] ']);
  const shown = text
    .slice(0, text.indexOf('\n\n[') + 2)
    .replaceAll(made, 'MADE')
    .replace(/[\d.]+ (s|min \d\d s|h \d\d min|d \d+ h)/g, 'AGE')
    .replace(/[\d.]+ KiB/g, 'SIZE')
    .replace(/^1 {2}.{19}/m, '1  TIME')
    .replace(/ +/g, ' ');
  assert.equal(
    shown.slice(shown.indexOf(' TAKEN')),
    ` TAKEN (Asia/Kuala_Lumpur) AGE SIZE ROWS STATE KIND NAME
1 TIME AGE SIZE 2,001 verified daily MADE
2 2025-11-30 02:00:00 AGE SIZE ? unknown daily shop_2025-11-30_020000.db.gz
3 2025-11-30 00:00:00 AGE SIZE ? unknown weekly shop_2025-W48.db.gz
4 2025-11-29 14:00:00 AGE SIZE ? unknown daily shop_2025-11-29_140000.db.gz
5 2025-11-29 02:00:00 AGE SIZE ? unknown daily shop_2025-11-29_020000.db.gz

`,
  );
  assert.equal(holds(databases.database), complete.new);
});

test('Enter in the list changes nothing and is no failure of the restore', async () => {
  const { ending, text } = await choose([], { answers: [''] });
  assert.equal(ending, 'RESTORE_DECLINED');
  assert.match(text, /RESTORE_DECLINED: No backup was chosen\./);
  assertUntouched();
});

test('in the list a name or a date does as well, and what is not understood is asked again', async () => {
  const answers = ['99', 'shop_2025-11-30_020000.db.gz dayli', '2025-11-30', 'n'];
  const { ending, text, asked } = await choose([], { answers });
  assert.equal(ending, 'RESTORE_DECLINED', text);
  assert.deepEqual(asked, [question, question, question, 'Restore it? [y/N] ']);
  assert.match(text, /has no backup "99" below sqlite-backups\/\./);
  assert.match(text, /"dayli" is no kind of backup\. After the name comes its kind: daily, weekly, monthly or yearly/);
  assert.deepEqual(linesOf(text, /^Restore |^NOTE: "/), [
    'Restore sqlite-backups/daily/shop_2025-11-30_020000.db.gz',
    'NOTE: "2025-11-30" is the day (Asia/Kuala_Lumpur) of sqlite-backups/daily/shop_2025-11-30_020000.db.gz',
  ]);
  assertUntouched();
});

test('a day of two backups: in a terminal these two to choose from', async () => {
  const { text, asked } = await choose(['2025-11-29'], { answers: ['2', 'n'] });
  assert.deepEqual(asked, [question, 'Restore it? [y/N] ']);
  assert.equal(linesOf(text, /^\d /).length, 2);
  assert.deepEqual(linesOf(text, /^Restore /), ['Restore sqlite-backups/daily/shop_2025-11-29_020000.db.gz']);
});

const sunday = 'sqlite-backups/daily/shop_2025-11-30_020000.db.gz';
const understood: readonly [string, readonly string[], string][] = [
  ['a bare date', ['2025-11-30'], `"2025-11-30" is the day (Asia/Kuala_Lumpur) of ${sunday}`],
  [
    'a date and a time as two words',
    ['2025-11-30', '02:00'],
    `"2025-11-30 02:00" is the time (Asia/Kuala_Lumpur) of ${sunday}`,
  ],
  ['a name without its ending', ['shop_2025-11-30_020000'], `"shop_2025-11-30_020000" is the beginning of ${sunday}`],
  ['kind and name exchanged', ['daily', 'shop_2025-11-30_020000.db.gz'], ''],
  ['kind and name as one', ['daily/shop_2025-11-30_020000.db.gz'], ''],
  [
    'the other folder',
    ['shop_2025-11-30_020000.db.gz', 'weekly'],
    `"shop_2025-11-30_020000.db.gz" is the name of ${sunday}; there is no such weekly one`,
  ],
  ['a pasted key with another kind', [sunday, 'weekly'], `"${sunday}" is ${sunday}`],
  ['a URL-encoded key', [encodeURIComponent(sunday)], `"${encodeURIComponent(sunday)}" is ${sunday}`],
];
for (const [what, words, note] of understood) {
  test(`${what} is understood, with --yes too, and the plan says as what`, async () => {
    const { ending, text } = await choose(words, { yes: true, options: { dryRun: true } });
    assert.equal(ending, 'done', text);
    assert.deepEqual(linesOf(text, /^Restore /), [`Restore ${sunday}`]);
    assert.deepEqual(linesOf(text, /^NOTE: "/), note === '' ? [] : [`NOTE: ${note}`]);
  });
}

test('a pasted path of the folder store is understood', async () => {
  const pasted = path.join(databases.folder, 'store', sunday);
  const { text } = await choose([pasted], { yes: true, options: { dryRun: true } });
  assert.deepEqual(linesOf(text, /^Restore |^NOTE: "/), [`Restore ${sunday}`, `NOTE: "${pasted}" is ${sunday}`]);
});

test('a misspelt latest: corrected where a person sees the plan first, and only proposed with --yes or --to', async () => {
  const seen = await choose(['lastest'], { answers: ['n'] });
  assert.deepEqual(linesOf(seen.text, /^Restore |^NOTE: "/), [
    `Restore sqlite-backups/daily/${made}`,
    'NOTE: "lastest" was taken for latest',
  ]);
  const proposal = /What to do: Did you mean `nightshift restore latest`\?/;
  const unseen = [
    await choose(['lastest'], { yes: true }),
    await choose(['lastest'], { answers: [], options: { to: path.join(databases.folder, 'look.db') } }),
  ];
  for (const { ending, text } of unseen) {
    assert.equal(ending, 'ARGUMENT_INVALID');
    assert.match(text, proposal);
  }
  assertUntouched();
});

const proposed: readonly [string, readonly string[], string, string][] = [
  [
    'a day of two backups',
    ['2025-11-29'],
    'ARGUMENT_INVALID: "2025-11-29" is the day (Asia/Kuala_Lumpur) of 2 backups.',
    'Say which: `nightshift restore shop_2025-11-29_140000.db.gz daily` or `nightshift restore shop_2025-11-29_020000.db.gz daily`.',
  ],
  [
    'a name with a letter wrong',
    ['shpo_2025-11-30_020000.db.gz'],
    'ARGUMENT_INVALID: There is no backup "shpo_2025-11-30_020000.db.gz".',
    'Did you mean `nightshift restore shop_2025-11-30_020000.db.gz daily`? `nightshift list` shows all.',
  ],
  [
    'a time at which nothing was taken',
    ['2025-11-30', '03:00'],
    'OBJECT_MISSING: STORE has no backup "2025-11-30 03:00" below sqlite-backups/.',
    'Did you mean `nightshift restore shop_2025-11-30_020000.db.gz daily`? `nightshift list` shows all; `nightshift restore latest` takes the newest good one.',
  ],
  [
    'a safety copy',
    ['shop.db.backup-2025-11-30_031500'],
    'OBJECT_MISSING: STORE has no backup "shop.db.backup-2025-11-30_031500" below sqlite-backups/.',
    'That is the name of a safety copy: `nightshift restore --undo shop.db.backup-2025-11-30_031500`. `nightshift list` shows all; `nightshift restore latest` takes the newest good one.',
  ],
  [
    'an address in a bucket, where the store is a folder',
    ['s3://shop-backups/sqlite-backups/daily/shop_2025-11-30_020000.db.gz'],
    'ARGUMENT_INVALID: s3://shop-backups/sqlite-backups/daily/shop_2025-11-30_020000.db.gz is not in the store, which is FOLDER/store/.',
    'Give a name from `nightshift list`. Is it another store that you mean? Set LINODE_BUCKET and LINODE_REGION, or BACKUP_STORE, to it.',
  ],
];
for (const [what, words, message, hint] of proposed) {
  test(`${what}, with --yes: refused with what may be meant, and nothing is changed`, async () => {
    const { text } = await choose(words, { yes: true });
    const failure = text
      .replaceAll(`file://${databases.folder}/store`, 'STORE')
      .replaceAll(databases.folder, 'FOLDER')
      .trimEnd()
      .split('\n')
      .slice(-2);
    assert.deepEqual(failure, [message, `    What to do: ${hint}`], quoteWords(words));
    assertUntouched();
  });
}

test('restore alone: without a terminal, or with --yes, an error that names the ways', async () => {
  for (const terminal of [{}, { answers: [], yes: true }] as const) {
    const { ending, text } = await choose([], terminal);
    assert.equal(ending, 'ARGUMENT_INVALID');
    assert.match(
      text,
      /`nightshift restore NAME`, `nightshift restore latest`, or `nightshift restore --at 2025-11-30`/,
    );
    assertUntouched();
  }
});

test('what is not said in full is said in the log of --to, which shows no plan', async () => {
  const look = path.join(databases.folder, 'look.db');
  const { ending, text } = await choose(['2025-11-30'], { options: { to: look } });
  assert.equal(ending, 'done', text);
  assert.match(text, /"2025-11-30" is the day \(Asia\/Kuala_Lumpur\) of sqlite-backups\/daily\/shop_2025-11-30_020000/);
  assert.ok(readFileSync(look).length > 0);
});

test('latest passes over a backup that did not verify when it was last read back, and says so', async () => {
  const key = `sqlite-backups/daily/${made}`;
  const history = openHistory(path.join(databases.folder, 'state'));
  history.recordDamage('shop', { key, message: 'cut short' }, Temporal.Instant.from('2025-12-01T00:00:00Z'));
  try {
    const { text } = await choose(['latest'], { yes: true, options: { dryRun: true } });
    assert.deepEqual(linesOf(text, /^Restore |^NOTE: skipped/), [
      `Restore ${sunday}`,
      `NOTE: skipped ${key}, which did not verify when it was last read back`,
    ]);
  } finally {
    history.forgetKey(key);
    history.close();
  }
});
