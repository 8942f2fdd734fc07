import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export type Terminal = {
  /** Asks one question; of a secret, the letters typed are not shown. Rejects when the person presses Ctrl-C. */
  ask(question: string, options: { readonly secret: boolean }): Promise<string>;
  close(): void;
};

export function openTerminal(signal: AbortSignal): Terminal {
  let silent = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!silent) process.stderr.write(chunk);
      done();
    },
  });
  const line = createInterface({ input: process.stdin, output, terminal: true });
  line.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return {
    async ask(question, { secret }) {
      try {
        const answer = line.question(question, { signal });
        silent = secret;
        return (await answer).trim();
      } finally {
        silent = false;
        if (secret) process.stderr.write('\n');
      }
    },
    close: () => line.close(),
  };
}
