import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import type { CliContext } from '../../platform/context.ts';
import { Failure } from '../../platform/errors.ts';

export function hashPasswordCommand(context: CliContext): Command {
  return new Command('hash-password')
    .description('read a password and print its hash, for SUMMARY_PASSWORD_HASH')
    .addHelpText('after', '\nAsks in a terminal; else the password is the first line of stdin.')
    .action(async () => {
      const { hashPassword } = await import('../site/access/password.ts');
      const password = context.interactive ? await asked() : (await text(process.stdin)).split(/\r?\n/)[0];
      if (!password) throw noPassword();
      context.out(`${await hashPassword(password)}\n`);
    });
}

/** Asks in the terminal without showing what is typed. */
async function asked(): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const { Writable } = await import('node:stream');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write('Password: ');
  const line = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await line.question('');
  } finally {
    line.close();
    process.stderr.write('\n');
  }
}

function noPassword(): Failure {
  return new Failure(
    'ARGUMENT_INVALID',
    'The password is empty; there is nothing to hash.',
    'Type one, or pipe it in.',
  );
}
