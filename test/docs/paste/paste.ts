import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

export type PasteOptions = {
  /** What a reader puts in: each text on the left must be in the block. */
  readonly put: Readonly<Record<string, string>>;
  /** Typed when the screen shows that, in this order. */
  readonly answers: readonly (readonly [RegExp, string])[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Ctrl-C, for what runs until it is stopped. */
export const interrupt = '\u0003';

/**
 * Pastes a block into bash in a terminal of its own (that of script, from util-linux); each command must succeed. Returns the
 * screen; `around` comes before it. Throws when a command fails, or ends without a question that was to come.
 */
export async function paste(
  { around, text }: { readonly around: string; readonly text: string },
  { put, answers, cwd, environment }: PasteOptions,
): Promise<string> {
  let typed = text;
  for (const [found, own] of Object.entries(put)) {
    if (!typed.includes(found)) throw new Error(`The block has no longer: ${found}`);
    typed = typed.replaceAll(found, own);
  }
  const file = path.join(cwd, '.pasted.sh');
  writeFileSync(file, `${around}set -e -o pipefail\n${typed}`);
  const child = spawn('script', ['-qec', `bash ${file}`, '/dev/null'], {
    cwd,
    env: { ...environment, SHELL: '/bin/bash' },
  });
  let screen = '';
  const left = [...answers];
  let seen = 0;
  child.stdout.on('data', (chunk) => {
    screen += chunk;
    for (;;) {
      const [question, answer] = left[0] ?? [];
      const found = question?.exec(screen.slice(seen));
      if (found === null || found === undefined || answer === undefined) return;
      seen += found.index + found[0].length;
      left.shift();
      child.stdin.write(answer);
    }
  });
  const [code] = await once(child, 'close');
  const wasStopped = answers.at(-1)?.[1] === interrupt;
  if (left.length > 0) throw new Error(`It ended (${code}) without: ${left[0]?.[0]}\n${screen}`);
  if (code !== 0 && !wasStopped) throw new Error(`It ended with ${code}:\n${screen}`);
  return screen.replaceAll('\r', '');
}
