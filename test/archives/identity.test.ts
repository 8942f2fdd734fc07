import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { generateHybridIdentity, generateIdentity } from 'age-encryption';
import { readIdentity } from '../../jobs/archives/format/age-identity.ts';
import { Failure } from '../../jobs/runtime/errors.ts';
import { needs } from '../lab/parts.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nightshift-identity-'));
});
after(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const file = path.join(folder, 'key.txt');
  await writeFile(file, text);
  return readIdentity(file).catch((error) => error);
}

function complaint(error: unknown): string {
  assert.ok(error instanceof Failure);
  assert.equal(error.code, 'IDENTITY_UNUSABLE');
  return error.message.replace(folder, '');
}

test('the file of age-keygen is read, with comments, blank lines, Windows line ends and more than one key', async () => {
  const [one, two] = [await generateIdentity(), await generateHybridIdentity()];
  const identity = await read(`# created: today\r\n${one}\r\n\r\n# the new key\r\n${two}`);
  assert.equal(identity.file, path.join(folder, 'key.txt'));
});

test('a file of the age-keygen program is read', needs('tools'), async () => {
  const file = path.join(folder, 'made.txt');
  execFileSync('age-keygen', ['-o', file], { stdio: 'ignore' });
  assert.equal((await readIdentity(file)).file, file);
});

test('a bad line is named by its number', async () => {
  const good = await generateIdentity();
  const cases = [
    [`${good}\n${good.slice(0, -1)}\n`, 'Line 2 of the age identity file /key.txt is not a complete age secret key.'],
    ['# mine\nage1qqqqqq\n', 'Line 2 of the age identity file /key.txt is not a complete age secret key.'],
    [
      '-----BEGIN OPENSSH PRIVATE KEY-----\n',
      'Line 1 of the age identity file /key.txt is not a complete age secret key.',
    ],
    ['# nothing here\n\n', 'The age identity file /key.txt holds no key.'],
    ['', 'The age identity file /key.txt holds no key.'],
    ['-----BEGIN AGE ENCRYPTED FILE-----\nabc\n', 'The age identity file /key.txt is itself encrypted.'],
  ] as const;
  for (const [text, expected] of cases) assert.equal(complaint(await read(text)), expected);
});

test('a file that cannot be read is named', async () => {
  const absent = await readIdentity(path.join(folder, 'absent.txt')).catch((error) => error);
  assert.equal(complaint(absent), 'The age identity file /absent.txt cannot be read (ENOENT).');
  assert.equal(
    complaint(await readIdentity(folder).catch((error) => error)),
    'The age identity file  cannot be read (EISDIR).',
  );
});

test('nothing that is printed shows the key', async () => {
  const secret = await generateIdentity();
  const shown = [await read(secret), await read(secret.slice(0, -1)), await read(`${secret.toLowerCase()}`)];
  for (const value of shown) {
    const text = inspect(value, { depth: 9, showHidden: true }).toUpperCase();
    assert.ok(!text.includes(secret.slice(20, 40)));
  }
});
