import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { parsePasswordHash, passwordMatches } from '../../../jobs/summary/site/access/password.ts';
import { needs } from '../../lab/parts.ts';

const program = path.resolve(import.meta.dirname, '..', '..', '..', 'jobs', 'nightshift.mjs');

const command = ['summary', 'hash-password'];

/** Runs a command; each reply is typed once the screen shows its prompt. */
async function type(file: string, args: string[], replies: (readonly [prompt: string, reply: string])[]) {
  const child = spawn(file, args, { stdio: 'pipe' });
  const waiting = [...replies];
  const screen = { out: '', err: '' };
  const reply = () => {
    const [next] = waiting;
    if (next === undefined || !screen.out.includes(next[0])) return;
    waiting.shift();
    child.stdin.write(next[1]);
    if (waiting.length === 0 && next[0] === '') child.stdin.end();
  };
  child.stdout.on('data', (text) => {
    screen.out += text;
    reply();
  });
  child.stderr.on('data', (text) => {
    screen.err += text;
  });
  reply();
  const [code] = await once(child, 'close');
  return { code, ...screen };
}

const fromPipe = (text: string) => type(process.execPath, [program, ...command], [['', text]]);
const atTerminal = (replies: [string, string][]) =>
  type('script', ['-qec', `"${process.execPath}" "${program}" ${command.join(' ')}`, '/dev/null'], replies);

async function opens(hash: string, password: string): Promise<boolean> {
  const known = parsePasswordHash(hash);
  return known !== null && (await passwordMatches(password, known));
}

test('the first line of a pipe is the password', async () => {
  const { code, out } = await fromPipe('correct horse battery\nignored\n');
  assert.equal(code, 0);
  assert.equal(await opens(out.trimEnd(), 'correct horse battery'), true);
});

test('a short or an empty password is refused', async () => {
  for (const [given, count] of [
    ['too short\n', 9],
    ['', 0],
  ] as const) {
    const { code, out, err } = await fromPipe(given);
    assert.deepEqual({ code, out }, { code: 2, out: '' });
    assert.match(err, new RegExp(`ARGUMENT_INVALID: The password has ${count} characters.`));
  }
});

test('a terminal prompts twice and does not show the password', needs('tools'), async () => {
  const { code, out } = await atTerminal([
    ['Password: ', 'correct horse battery\r'],
    ['Again: ', 'correct horse battery\r'],
  ]);
  assert.equal(code, 0);
  assert.doesNotMatch(out, /correct/);
  const hash = /scrypt:\S+/.exec(out)?.[0] ?? '';
  assert.equal(await opens(hash, 'correct horse battery'), true);
});

test('two that differ are refused', needs('tools'), async () => {
  const { code, out } = await atTerminal([
    ['Password: ', 'correct horse battery\r'],
    ['Again: ', 'correct horse batterie\r'],
  ]);
  assert.equal(code, 2);
  assert.match(out, /The two passwords differ/);
});

test('hash-password, stopped while it waits for a password from a pipe, ends', async () => {
  const child = spawn(process.execPath, [program, ...command], { stdio: 'pipe' });
  // It has loaded, and asks for its input, once it has taken more than the pipe holds.
  child.stdin.write('x'.repeat(1024 * 1024), () => child.kill('SIGTERM'));
  const [code] = await once(child, 'close');
  assert.equal(code, 4);
});
