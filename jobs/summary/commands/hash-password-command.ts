import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { hashPassword } from '../site/access/password.ts';

const shortest = 12;
const longest = 200;

/** `nightshift summary hash-password`: from a terminal that shows nothing of it, or the first line of a pipe. */
export function hashPasswordCommand(context: CliContext): Command {
  return new Command('hash-password')
    .description('read a password and print its hash, for SUMMARY_PASSWORD_HASH')
    .addHelpText('after', '\nAsks twice in a terminal; else the password is the first line of stdin.')
    .action(async () => {
      const password = context.interactive ? await askTwice(context) : await firstLine();
      if (password.length < shortest || password.length > longest) {
        throw new Failure(
          'ARGUMENT_INVALID',
          `The password has ${password.length} characters.`,
          `Take one of ${shortest} to ${longest}; a few words in a row are easy to remember.`,
        );
      }
      context.out(`${await hashPassword(password)}\n`);
    });
}

async function askTwice(context: CliContext): Promise<string> {
  const password = await askUnseen('Password: ', context);
  if (password === (await askUnseen('Again: ', context))) return password;
  throw new Failure('ARGUMENT_INVALID', 'The two passwords differ.', 'Run it again.');
}

/** Asks on stderr, and shows nothing of what is typed. */
async function askUnseen(question: string, { err, signal }: CliContext): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    err(question);
    return await terminal.question('', { signal });
  } finally {
    terminal.close();
    err('\n');
  }
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return '';
}
