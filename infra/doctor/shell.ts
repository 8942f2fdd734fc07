import { spawn } from 'node:child_process';
import type { SshTarget } from './target.ts';

export type ShellAnswer = { readonly code: number | null; readonly out: string; readonly err: string };

const connectSeconds = 10;
const wholeMs = 90_000;

/** Arguments of ssh(1): asks nothing, and takes no host key that it does not know. */
function sshArguments({ user, address, port, options }: SshTarget): string[] {
  const limits = ['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${connectSeconds}`];
  return [...limits, ...options, '-p', String(port), `${user}@${address}`, 'sh', '-s'];
}

/** Runs a shell script on the host; never throws for what ssh says. Code 255 is ssh's own failure, null a time-out. */
export function overSsh(target: SshTarget, script: string, signal: AbortSignal): Promise<ShellAnswer> {
  return fed('ssh', sshArguments(target), script, signal);
}

/** Runs a shell script on this machine. */
export function here(script: string, signal: AbortSignal): Promise<ShellAnswer> {
  return fed('sh', ['-s'], script, signal);
}

async function fed(
  command: string,
  args: readonly string[],
  script: string,
  signal: AbortSignal,
): Promise<ShellAnswer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(wholeMs)]);
  const child = spawn(command, args, { stdio: 'pipe', signal: limit });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(script);
  const { promise, resolve } = Promise.withResolvers<ShellAnswer>();
  child.on('error', (error) => resolve({ code: null, out, err: `${err}${error.message}` }));
  child.on('close', (code) => resolve({ code, out, err }));
  const answer = await promise;
  signal.throwIfAborted();
  return answer;
}
