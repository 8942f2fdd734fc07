import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export type TerminalPrompt = {
  /** Prints `text` and reads one line; what is typed of a secret is not shown. Rejects on Ctrl-C. */
  prompt(text: string, options: { readonly secret: boolean }): Promise<string>;
  close(): void;
};

export function openTerminalPrompt(signal: AbortSignal): TerminalPrompt {
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
    async prompt(text, { secret }) {
      try {
        const answer = line.question(text, { signal });
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
