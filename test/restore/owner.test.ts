import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ExtendedAttributes } from '../../jobs/restore/files/extended-attributes.ts';
import type { CliOptions } from '../../jobs/restore/options/cli-options.ts';
import { defaultOwner } from '../../jobs/restore/options/restore-options.ts';
import { attributeRemarks, type OwnerChange, ownerChangeText } from '../../jobs/restore/plan/owner-change.ts';
import { needs } from '../lab/parts.ts';
import { runRestore } from './run-action.ts';
import { makeTestDatabases, type TestDatabases } from './test-databases.ts';

const plain: ExtendedAttributes = { acl: [], attributes: [] };
const service = { ...defaultOwner, ...plain };
const root = { uid: 0, gid: 0, mode: 0o600, ...plain };
const change: OwnerChange = { now: root, wanted: defaultOwner, after: service, origin: 'usual', mayGive: true };

const texts: readonly [string, Partial<OwnerChange>, string][] = [
  ['another owner now', {}, '1000:1000, mode 644; now 0:0, mode 600 (--keep-owner keeps that)'],
  [
    'another mode now',
    { now: { ...service, mode: 0o664 } },
    '1000:1000, mode 644; now 1000:1000, mode 664 (--keep-owner keeps that)',
  ],
  ['the same', { now: service }, '1000:1000, mode 644, as now'],
  ['no file now', { now: null }, '1000:1000, mode 644'],
  ['asked for', { origin: 'asked' }, '1000:1000, mode 644; now 0:0, mode 600'],
  ['kept', { origin: 'kept', wanted: root, after: root }, '0:0, mode 600, kept'],
  [
    'kept, and no file now',
    { origin: 'kept', now: null },
    '1000:1000, mode 644; there is no file to keep another from',
  ],
  [
    'undo',
    { origin: 'safety copy', wanted: root, after: root, now: service },
    '0:0, mode 600; now 1000:1000, mode 644',
  ],
  [
    'could not be given away',
    { after: { ...service, uid: 7, gid: 8 } },
    '7:8, mode 644, since this user may not make it 1000:1000, mode 644; now 0:0, mode 600 (--keep-owner keeps that)',
  ],
  [
    'dry run of a user who may not give files away',
    { after: null, mayGive: false },
    '1000:1000, mode 644 (if this user may give it away: root may); now 0:0, mode 600 (--keep-owner keeps that)',
  ],
];
for (const [what, changes, expected] of texts) {
  test(`the plan says whose the file will be: ${what}`, () => {
    assert.equal(ownerChangeText({ ...change, ...changes }), expected);
  });
}

const acl = ['user::rw-', 'user:1001:r--'];
const remarks: readonly [string, Partial<OwnerChange>, string[]][] = [
  ['none', {}, []],
  ['lost', { now: { ...root, acl } }, ['the ACL, now user::rw- user:1001:r--, will be none; --keep-owner copies them']],
  ['kept', { origin: 'kept', now: { ...root, acl }, after: { ...root, acl } }, []],
  [
    'not kept',
    { origin: 'kept', now: { ...root, attributes: ['user.a=0x62'] } },
    ['could NOT be kept: the extended attributes, now user.a=0x62, will be none'],
  ],
  [
    'dry run',
    { now: { ...root, acl }, after: null },
    ['the ACL of the current file will not be copied; --keep-owner copies them: user::rw- user:1001:r--'],
  ],
  [
    'no tools',
    { origin: 'kept', now: { ...root, acl: null, attributes: null } },
    [
      'not looked at, for want of a tool that works here: ACL (getfacl) and extended attributes (getfattr) of the current file, so whether they are kept is not known',
    ],
  ],
];
for (const [what, changes, expected] of remarks) {
  test(`the plan says what becomes of ACL and extended attributes: ${what}`, () => {
    assert.deepEqual(attributeRemarks({ ...change, ...changes }), expected);
  });
}

let databases: TestDatabases;
before(() => {
  databases = makeTestDatabases();
});
after(() => databases.remove());
beforeEach(() => databases.reset());

async function restore(options: Partial<CliOptions>): Promise<string> {
  const { ending, text } = await runRestore('latest', databases.environment, { options });
  assert.equal(ending, 'done', text);
  return text;
}

function whose(file: string): string {
  const { uid, gid, mode } = statSync(file);
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
}

const umasks = [0o000, 0o022, 0o077] as const;
for (const umask of umasks) {
  const octal = umask.toString(8).padStart(3, '0');
  test(`with umask ${octal}: 644 in the place of the database, 600 as a copy elsewhere, also over what a killed one left`, async () => {
    const usual = process.umask(umask);
    const copy = path.join(databases.folder, `look-${octal}.db`);
    try {
      writeFileSync(`${copy}.part`, 'left by a killed one', { mode: 0o666 });
      await restore({ to: copy });
      await restore({});
    } finally {
      process.umask(usual);
    }
    const ids = process.getuid?.() === 0 ? '1000:1000' : `${process.getuid?.()}:${process.getgid?.()}`;
    assert.deepEqual([whose(copy), whose(databases.database)], [`${ids} 600`, `${ids} 644`]);
  });
}

test('while a copy elsewhere is being written nobody else may read it', async () => {
  const copy = path.join(databases.folder, 'look.db');
  writeFileSync(`${copy}.part`, '', { mode: 0o666 });
  const modes: string[] = [];
  const { ending, text } = await runRestore('latest', databases.environment, {
    options: { to: copy },
    checkpoint: (name) => {
      if (name === 'staged file verified') modes.push((statSync(`${copy}.part`).mode & 0o777).toString(8));
    },
  });
  assert.equal(ending, 'done', text);
  assert.deepEqual(modes, ['600']);
});

test('--mode says otherwise for a copy elsewhere', async () => {
  const copy = path.join(databases.folder, 'readable.db');
  await restore({ to: copy, mode: 0o640 });
  assert.match(whose(copy), / 640$/);
});

describe('as root', needs('root'), () => {
  test('--keep-owner keeps owner, group and mode, the setgid bit too', async () => {
    chownSync(databases.database, 1234, 1235);
    chmodSync(databases.database, 0o2660);
    assert.match(
      await restore({ dryRun: true }),
      /^ {2}owner +1000:1000, mode 644; now 1234:1235, mode 2660 \(--keep-owner keeps that\)$/m,
    );
    assert.match(await restore({ keepOwner: true }), /^ {2}owner +1234:1235, mode 2660, kept$/m);
    assert.equal(whose(databases.database), '1234:1235 2660');
    await restore({});
    assert.equal(whose(databases.database), '1000:1000 644');
  });
});

describe('on a disk with ACL and extended attributes', needs('root', 'tools'), () => {
  test('--keep-owner keeps both; without it the plan says what is lost', async () => {
    const { database } = databases;
    execFileSync('setfacl', ['-m', 'user:1001:r', database]);
    execFileSync('setfattr', ['-n', 'user.origin', '-v', 'shop', database]);
    const entries = 'user::rw- user:1001:r-- group::r-- mask::r-- other::r--';
    const kept = await restore({ keepOwner: true });
    assert.doesNotMatch(kept, /ACL|attributes/);
    const read = execFileSync('getfacl', ['-cpn', database], { encoding: 'utf8' });
    assert.equal(read.trim().split('\n').join(' '), entries);
    assert.match(
      execFileSync('getfattr', ['-d', '--absolute-names', database], { encoding: 'utf8' }),
      /user\.origin="shop"/,
    );
    const lost = await restore({});
    assert.match(lost, new RegExp(`NOTE: the ACL, now ${entries}, will be none; --keep-owner copies them`));
    assert.match(
      lost,
      /NOTE: the extended attributes, now user\.origin=0x73686f70, will be none; --keep-owner copies them/,
    );
  });
});

test('where there is no getfacl and no getfattr, it says that neither was looked at', async () => {
  const { PATH } = process.env;
  process.env['PATH'] = '';
  try {
    assert.match(
      await restore({ dryRun: true }),
      /NOTE: not looked at, for want of a tool that works here: ACL \(getfacl\) and extended attributes \(getfattr\) of the current file\n/,
    );
  } finally {
    process.env['PATH'] = PATH;
  }
});
