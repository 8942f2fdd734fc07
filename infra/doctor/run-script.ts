import { type CommandOutput, runCommand } from '../run-command.ts';
import type { SshTarget } from './target.ts';

/** Code 255 is ssh's own failure; null: it did not start, or ran for more than 90 s. */
export type ScriptOutput = Pick<CommandOutput, 'code' | 'out' | 'err'>;

const connectSeconds = 10;
const timeoutMs = 90_000;

/** Runs a shell script on the host. Never throws for what ssh reports. */
export function runOverSsh(target: SshTarget, script: string, signal: AbortSignal): Promise<ScriptOutput> {
  return runCommand('ssh', sshArguments(target), { input: script, signal, timeoutMs });
}

/** Runs a shell script on this machine. */
export function runLocally(script: string, signal: AbortSignal): Promise<ScriptOutput> {
  return runCommand('sh', ['-s'], { input: script, signal, timeoutMs });
}

/** Arguments of ssh(1): never prompts, and accepts no unknown host key. */
function sshArguments({ user, address, port, options }: SshTarget): string[] {
  const limits = ['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${connectSeconds}`];
  return [...limits, ...options, '-p', String(port), `${user}@${address}`, 'sh', '-s'];
}
