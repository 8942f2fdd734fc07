import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure } from '../../runtime/errors.ts';
import { hashPassword } from '../site/access/password.ts';

const minLength = 12;
const maxLength = 200;

/** `nightshift summary hash-password`: typed unseen in a terminal, or the first line of a pipe. */
export function hashPasswordCommand(context: CliContext): Command {
  return new Command('hash-password')
    .description('read a password and print its hash, for SUMMARY_PASSWORD_HASH')
    .addHelpText('after', '\nPrompts twice in a terminal; else the password is the first line of stdin.')
    .action(async () => {
      const password = context.interactive ? await promptTwice(context) : await firstLine(context);
      if (password.length < minLength || password.length > maxLength) {
        throw new Failure(
          'ARGUMENT_INVALID',
          `The password has ${password.length} characters.`,
          `Choose one of ${minLength} to ${maxLength}; a few words in a row are easy to remember.`,
        );
      }
      context.out(`${await hashPassword(password)}\n`);
    });
}

async function promptTwice(context: CliContext): Promise<string> {
  const password = await promptHidden('Password: ', context);
  if (password === (await promptHidden('Again: ', context))) return password;
  throw new Failure('ARGUMENT_INVALID', 'The two passwords differ.', 'Run it again.');
}

/** Prompts on stderr; what is typed is not shown. */
async function promptHidden(prompt: string, { err, signal }: CliContext): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    err(prompt);
    return await terminal.question('', { signal });
  } finally {
    terminal.close();
    err('\n');
  }
}

async function firstLine({ signal }: CliContext): Promise<string> {
  const lines = createInterface({ input: process.stdin, signal });
  for await (const line of lines) return line;
  signal.throwIfAborted();
  return '';
}
