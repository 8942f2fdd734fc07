import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Encrypter, generateHybridIdentity, generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { layoutBelow } from '../../jobs/archives/backup-kinds.ts';
import { dailyKey, detailsKey } from '../../jobs/archives/names.ts';
import type { Environment } from '../../jobs/runtime/cli-context.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import {
  readBackupSettings,
  readBackupSettingsWithoutStore,
  readCheckSettings,
  readRestoreSettings,
  readSummarySettings,
} from '../../jobs/settings/settings.ts';
import { checkedKey } from '../../jobs/store/keys.ts';

const keys = { LINODE_ACCESS_KEY: 'AK', LINODE_SECRET_KEY: 'SK-secret' };

const writtenStore =
  's3, or a folder written as file:///folder (%23, %25 and %3F for #, % and ?), not below /proc or /sys';

/** What each job reads of one environment, together. */
function readSettings(environment: Environment) {
  return {
    ...readBackupSettings(environment),
    ...readRestoreSettings(environment),
    ...readSummarySettings(environment),
  };
}

/** The lines of the one failure that lists every problem; none when the settings are usable. */
function problems(environment: Environment): string[] {
  try {
    readCheckSettings(environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, 'SETTINGS_INVALID');
    return error.hint.split('\n');
  }
}

test('with the two keys alone everything has the promised default', () => {
  assert.deepEqual(readSettings(keys), {
    databases: [{ name: 'csv_data', path: '/data/csv_data.db' }],
    prefix: 'sqlite-backups/',
    store: {
      kind: 's3',
      endpoint: 'https://sg-sin-1.linodeobjects.com',
      region: 'sg-sin-1',
      bucket: 'zygy-backups-service',
      accessKey: 'AK',
      secretKey: 'SK-secret',
    },
    stateDir: '/state',
    stagingDir: '/staging',
    zone: 'Asia/Kuala_Lumpur',
    schedule: '0 2 * * *',
    compression: { format: 'gzip', level: 9 },
    ageRecipients: [],
    ageIdentityFile: null,
    retention: { hourly: 0, daily: 20, weekly: null, monthly: 0, yearly: 0 },
    verifyBytes: 1024 * 1024 * 1024,
    suspectIgnore: [],
    pingUrl: null,
    stopGraceSeconds: 10,
    httpPort: null,
    restoreServices: [],
    alerts: { mail: null, webhookUrl: null },
    summary: {
      report: null,
      schedule: '0 8 * * *',
      catchUpHours: 12,
      recipients: [],
      smtp: null,
      from: 'nightshift@localhost',
      outbox: '/state/outbox',
      webhookUrl: null,
      pingUrl: null,
      publicUrl: null,
      port: 8080,
      passwordHash: null,
      signingKey: null,
    },
  });
});

test('what never opens the store needs no keys of the bucket', () => {
  const { store, ...others } = readBackupSettings(keys);
  assert.equal(store.kind, 's3');
  assert.deepEqual(readBackupSettingsWithoutStore({}), others);
});

test('the mail server serves alerts and summaries; each has its own recipients', () => {
  const mail = { SMTP_HOST: 'mail.example.com', SMTP_USER: 'shop@example.com', SMTP_PASSWORD: 'word' };
  const smtp = {
    host: 'mail.example.com',
    port: 465,
    login: { user: 'shop@example.com', password: 'word' },
    from: 'shop@example.com',
    ehloName: null,
  };
  const { alerts, summary } = readSettings({
    ...keys,
    ...mail,
    SUMMARY_RECIPIENTS: 'a@example.com, b@example.com',
  });
  assert.deepEqual(
    { alerts, smtp: summary.smtp, recipients: summary.recipients },
    { alerts: { mail: null, webhookUrl: null }, smtp, recipients: ['a@example.com', 'b@example.com'] },
  );
});

test('the name for the mail server is a host name, or an address in brackets', () => {
  const mail = { SMTP_HOST: 'mail.example.com', SMTP_FROM: 'shop@example.com' };
  const found = (name: string) => {
    const given = { ...keys, ...mail, SMTP_EHLO_NAME: name };
    return problems(given)[0] ?? readSettings(given).summary.smtp?.ehloName;
  };
  for (const name of ['vps1.example.com', 'localhost', 'xn--bcher-kva.example', '[192.0.2.1]', '[IPv6:2001:db8::1]'])
    assert.equal(found(name), name);
  for (const name of ['192.0.2.1', '[mail]', 'a b.example', '-a.example', 'a..b', 'a_b.example', '[2001:db8::1]'])
    assert.equal(
      found(name),
      `SMTP_EHLO_NAME is "${name}": set it to a host name such as mail.example.com, or an address in brackets such as [192.0.2.1]`,
    );
});

test('every wrong setting is named at once, each with what to do', () => {
  assert.deepEqual(
    problems({
      LINODE_ACCESS_KEY: 'AK',
      BACKUP_RETENTION_DAILY: '0',
      BACKUP_SCHEDULE_HOUR: '24',
      TIME_ZONE: 'Asia/Kuala Lumpur',
      BACKUP_SCHEDULE: '0 2 * *',
      ALERT_RECIPIENTS: 'owner@example.com',
    }),
    [
      'TIME_ZONE is "Asia/Kuala Lumpur": set it to an IANA time zone such as Asia/Kuala_Lumpur or Europe/Berlin, or leave it out for Asia/Kuala_Lumpur',
      'BACKUP_SCHEDULE_HOUR is "24": set it to a whole number from 0 to 23, or leave it out for 2',
      'BACKUP_SCHEDULE is "0 2 * *": set it to a cron line of five fields such as "30 2 * * *"',
      'BACKUP_RETENTION_DAILY is "0": set it to a whole number from 1 to 10,000, or leave it out for 20',
      'LINODE_SECRET_KEY is not set: set it (or its _FILE) to a key of the bucket, or set BACKUP_STORE=file:///folder to back up to a folder',
      'SMTP_HOST is not set but ALERT_RECIPIENTS is: set it, or alerts reach nobody',
    ],
  );
});

for (const value of ['0', '-1', 'x', '1.5', '', ' ', '99999999999']) {
  test(`a retention of "${value}" is ${value.trim() === '' ? 'the default' : 'refused'}`, () => {
    const found = problems({ ...keys, BACKUP_RETENTION_DAILY: value });
    assert.equal(found.length, value.trim() === '' ? 0 : 1);
  });
}

test('two databases of one name are refused, since their backups would have one name', () => {
  assert.deepEqual(problems({ ...keys, DATABASE_PATH: '/data/a/shop.db,/data/b/shop.db' }), [
    'DATABASE_PATH names two databases called shop (/data/b/shop.db is the second): backups are named after the file, so rename one of the files',
  ]);
});

test('a secret may come from a file, and a secret is never in an error', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'settings-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'secret');
  await writeFile(file, 'SK-secret\n');
  const read = readBackupSettings({ LINODE_ACCESS_KEY: 'AK', LINODE_SECRET_KEY_FILE: file });
  assert.equal(read.store.kind === 's3' && read.store.secretKey, 'SK-secret');
  const both = problems({ ...keys, LINODE_SECRET_KEY_FILE: file });
  assert.deepEqual(both, ['LINODE_SECRET_KEY and LINODE_SECRET_KEY_FILE are both set: keep one of them']);
  const absent = problems({ LINODE_ACCESS_KEY: 'AK', LINODE_SECRET_KEY_FILE: path.join(folder, 'none') });
  assert.match(absent.join('\n'), /^LINODE_SECRET_KEY_FILE names .*none, which cannot be read \(ENOENT\)/);
  const ping = problems({ ...keys, BACKUP_PING_URL: 'hunter2' });
  assert.deepEqual(ping, ['BACKUP_PING_URL is not usable: set it to a full http:// or https:// address']);
});

test('an empty secret file is named, not taken for a secret that is not given', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'settings-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'secret');
  await writeFile(file, '\n');
  assert.deepEqual(problems({ ...keys, BACKUP_AGE_IDENTITY_FILE: file }), [
    `BACKUP_AGE_IDENTITY_FILE names ${file}, which is empty: write the value into it`,
  ]);
});

test('a schedule has a day on which it runs, a zone its own summer time, a signing key a length that cannot be guessed', () => {
  const cron = 'set it to a cron line of five fields such as "30 2 * * *"';
  const zone =
    'set it to an IANA time zone such as Asia/Kuala_Lumpur or Europe/Berlin, or leave it out for Asia/Kuala_Lumpur';
  const key = 'set it to a random text of 16 characters or more, such as `openssl rand -hex 32` prints';
  for (const [name, value, found] of [
    ['BACKUP_SCHEDULE', '0 0 30 2 *', `is "0 0 30 2 *": ${cron}`],
    ['BACKUP_SCHEDULE', '0 0 29 2 *', null],
    ['TIME_ZONE', '+08:00', `is "+08:00": ${zone}`],
    ['TIME_ZONE', '-03', `is "-03": ${zone}`],
    ['TIME_ZONE', 'UTC', null],
    ['SUMMARY_SIGNING_KEY', 'fifteen letters', `is not usable: ${key}`],
    ['SUMMARY_SIGNING_KEY', 'sixteen letters.', null],
  ] as const)
    assert.deepEqual(problems({ ...keys, [name]: value }), found === null ? [] : [`${name} ${found}`], value);
});

test('s3 without keys is an error, never a silent fallback to a folder', () => {
  assert.equal(problems({}).length, 2);
  assert.deepEqual(problems({ BACKUP_STORE: 'file:///backups' }), []);
});

test('a folder that is not written as file:///folder is the one thing that is named, not the keys of a bucket', () => {
  for (const store of ['file://relative', '/mnt/backups', 'file:relative']) {
    assert.deepEqual(problems({ BACKUP_STORE: store }), [
      `BACKUP_STORE is "${store}": set it to ${writtenStore}, or leave it out for s3`,
    ]);
  }
});

test('a folder for backups that no address can mean, or that no disk can hold, is refused before anything is done', () => {
  const addresses = ['file:///a%zz', 'file:///100%', 'file:///a%2Fb', 'file:///a%00', 'file:///a#b', 'file:///a?b'];
  for (const store of [...addresses, 'file:///a\\b', 'file:///proc/nope', 'file:///srv/../sys/x', 'file:////proc']) {
    assert.deepEqual(problems({ BACKUP_STORE: store }), [
      `BACKUP_STORE is "${store}": set it to ${writtenStore}, or leave it out for s3`,
    ]);
  }
  for (const name of ['STATE_DIR', 'STAGING_DIR', 'SUMMARY_OUTBOX']) {
    const [line = '', ...others] = problems({ ...keys, [name]: '/proc/nope' });
    assert.deepEqual(
      [line.split(', or leave')[0], others],
      [`${name} is "/proc/nope": set it to a folder of a disk, not below /proc or /sys`, []],
    );
  }
});

test('a folder for backups with spaces, Unicode, # and % in its name is the one that its address means', () => {
  for (const folder of [
    '/srv/my backups',
    '/srv/数据 ü',
    '/srv/#1 50% really?',
    '/srv/%41',
    '/procedures/a',
    '/a\\b',
  ]) {
    const store = { kind: 'directory', folder };
    assert.deepEqual(readBackupSettings({ BACKUP_STORE: pathToFileURL(folder).href }).store, store);
  }
  assert.deepEqual(readBackupSettings({ BACKUP_STORE: 'file:///srv/数据 ü' }).store, {
    kind: 'directory',
    folder: '/srv/数据 ü',
  });
});

test('a database whose file name no key can begin with is refused with the reason; its folder may have any name', () => {
  const name = 'letters from a to z, digits, dot, dash and underscore, 150 at most';
  const hint = `rename the file: every backup is named after it, so ${name}, and no dot first`;
  for (const file of ['my shop.db', 'données.db', '数据.db', '.shop.db', 'a%b.db', `${'x'.repeat(151)}.db`]) {
    assert.deepEqual(problems({ ...keys, DATABASE_PATH: `/data/${file}` }), [
      `DATABASE_PATH names /data/${file}, and "${file.slice(0, -3)}" cannot begin an object name: ${hint}`,
    ]);
  }
  const odd = '/mnt/My Disk/数据 & 50%/shop.db';
  assert.deepEqual(readBackupSettings({ ...keys, DATABASE_PATH: odd }).databases, [{ name: 'shop', path: odd }]);
  assert.deepEqual(problems({ ...keys, DATABASE_PATH: '/mnt/a,b/shop.db' }), [
    'DATABASE_PATH names b/shop.db after a comma, which is no full path: use full paths, without a comma in any name, as commas stand between databases',
  ]);
});

test('a name that is not ours changes nothing, and no value makes it crash', () => {
  const names = [
    'TIME_ZONE',
    'BACKUP_SCHEDULE',
    'BACKUP_STORE',
    'LINODE_ENDPOINT',
    'DATABASE_PATH',
    'BACKUP_AGE_RECIPIENTS',
    'HTTP_PORT',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.string({ unit: 'grapheme' }), (name, value) => {
      for (const line of problems({ ...keys, [name]: value })) assert.match(line, /: (set|use|rename|backups)/);
    }),
  );
});

const oneWrong =
  "set it to age public keys as age-keygen printed them, separated by commas (this is none: mistyped, cut short, or a plugin's)";

test('a mistyped age public key is a wrong setting, before anything is done', async () => {
  const key = await identityToRecipient(await generateIdentity());
  const mistyped = `${key.slice(0, 20)}${key[20] === 'q' ? 'p' : 'q'}${key.slice(21)}`;
  assert.deepEqual(problems({ ...keys, BACKUP_AGE_RECIPIENTS: key }), []);
  assert.deepEqual(problems({ ...keys, BACKUP_AGE_RECIPIENTS: mistyped }), [
    `BACKUP_AGE_RECIPIENTS is "${mistyped}": ${oneWrong}`,
  ]);
  assert.deepEqual(problems({ ...keys, BACKUP_AGE_RECIPIENTS: `${key},${mistyped}` }), [
    `BACKUP_AGE_RECIPIENTS is "${key},${mistyped}": ${oneWrong.replace('this', 'number 2')}`,
  ]);
});

test('the prefix of keys gets the slash it lacks, and every key below it stays within the limit of S3', () => {
  const prefixOf = (BACKUP_PREFIX: string) => readBackupSettings({ ...keys, BACKUP_PREFIX }).prefix;
  const taken = ['shops/east', 'shops/east/', 'a', '2025_x-y.z/'].map(prefixOf);
  assert.deepEqual(taken, ['shops/east/', 'shops/east/', 'a/', '2025_x-y.z/']);
  const { prefix, daily } = layoutBelow(prefixOf('p'.repeat(512)));
  const name = {
    database: 'd'.repeat(255),
    at: Temporal.PlainDateTime.from('2025-11-30T02:00'),
    ending: '.db.zst.age',
  } as const;
  assert.ok(detailsKey(dailyKey(daily, name)).startsWith(`${prefix}meta/ddd`));
  assert.equal(checkedKey(detailsKey(dailyKey(daily, name))).length, 513 + 294);
});

test('a prefix that keys cannot begin with is a wrong setting', () => {
  const wrong = [
    '/a',
    'a//b',
    '../a',
    'a/../b',
    'a/.b/',
    './a',
    'a b/',
    'ä/',
    'a\\b',
    '/',
    'p'.repeat(513),
    'daily',
    'sqlite-backups/daily/east/',
    'a/weekly',
    'meta/a',
    'east/monthly/x/',
  ];
  for (const text of wrong) {
    assert.deepEqual(problems({ ...keys, BACKUP_PREFIX: text }), [
      `BACKUP_PREFIX is "${text}": set it to folders of letters, digits, dots, dashes and underscores such as shops/east/ (none begins with a dot or a dash, none is called hourly, daily, weekly, monthly, yearly, meta or state; 512 characters at most), or leave it out for sqlite-backups/`,
    ]);
  }
});

test('a recipients file is taken as age writes it: one key a line, comments, blank lines', async (t) => {
  const [first, second] = await Promise.all([0, 1].map(async () => identityToRecipient(await generateIdentity())));
  const folder = await mkdtemp(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'recipients.txt');
  const written = async (text: string) => {
    await writeFile(file, text);
    return { ...keys, BACKUP_AGE_RECIPIENTS_FILE: file };
  };
  const text = `# Alice, the laptop\n${first}\n\n  # Bob, since June\r\n  ${second}\r\n`;
  assert.deepEqual(readBackupSettings(await written(text)).ageRecipients, [first, second]);
  assert.deepEqual(readBackupSettings({ ...keys, BACKUP_AGE_RECIPIENTS: text }).ageRecipients, [first, second]);
  const mixed = `${first}, ${second}\n# ${second}`;
  assert.deepEqual(readBackupSettings(await written(mixed)).ageRecipients, [first, second]);
  assert.deepEqual(problems(await written(`# old\n${first}\nage1old`)), [
    `BACKUP_AGE_RECIPIENTS is "# old\\n${first}\\nage1old": ${oneWrong.replace('this', 'number 2')}`,
  ]);
});

test('a recipients file without a key is refused: backups would not be encrypted', () => {
  for (const text of ['# all keys were here', ',']) {
    assert.deepEqual(problems({ ...keys, BACKUP_AGE_RECIPIENTS: text }), [
      `BACKUP_AGE_RECIPIENTS is "${text}": set it to age public keys as age-keygen printed them (there is none in it)`,
    ]);
  }
});

test('a secret age key where the public one belongs is refused and not printed', async () => {
  assert.deepEqual(problems({ ...keys, BACKUP_AGE_RECIPIENTS: await generateIdentity() }), [
    `BACKUP_AGE_RECIPIENTS is not usable: ${oneWrong}`,
  ]);
});

test('the settings take the age public keys that age itself takes, and no others', async () => {
  const hybrid = await identityToRecipient(await generateHybridIdentity());
  const plain = await identityToRecipient(await generateIdentity());
  const taken = (recipient: string) => {
    try {
      new Encrypter().addRecipient(recipient);
      return true;
    } catch {
      return false;
    }
  };
  const letters = fc.constantFrom(...'qpzry9x8gf2tvdw0s3jn54khce6mua7l1bAQ');
  fc.assert(
    fc.property(
      fc.constantFrom(plain, hybrid),
      fc.nat(),
      fc.nat({ max: 2 }),
      fc.string({ unit: letters }),
      (key, at, gone, put) => {
        const place = at % key.length;
        const changed = key.slice(0, place) + put + key.slice(place + gone);
        const isTaken = problems({ ...keys, BACKUP_AGE_RECIPIENTS: changed }).length === 0;
        assert.equal(isTaken, taken(changed), changed);
      },
    ),
  );
  const plugin = 'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t';
  assert.equal(problems({ ...keys, BACKUP_AGE_RECIPIENTS: plugin }).length, 1);
});

test('a setting that names a file where a folder is to be, or one below a file, is an error that says so', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  const given = { STATE_DIR: file, STAGING_DIR: `${file}/below`, SUMMARY_OUTBOX: file };
  assert.deepEqual(problems({ ...given, BACKUP_STORE: pathToFileURL(file).href }), [
    `BACKUP_STORE is ${file}, which is a file: set it to a folder`,
    `STATE_DIR is ${file}, which is a file: set it to a folder`,
    `STAGING_DIR is ${file}/below, and what it is to lie in is a file: set it to a folder`,
    `SUMMARY_OUTBOX is ${file}, which is a file: set it to a folder`,
  ]);
  const missing = { STATE_DIR: path.join(folder, 'none'), BACKUP_STORE: pathToFileURL(`${folder}/none`).href };
  assert.deepEqual(problems(missing), [], 'a missing one is made');
});
