import { type CheckResult, failed, passed } from './check-result.ts';
import type { ScriptOutput } from './run-script.ts';
import type { SshTarget } from './target.ts';

/** What ssh prints, what it means, and what to do. */
const causes: readonly (readonly [RegExp, string, (target: SshTarget) => string])[] = [
  [
    /permission denied/i,
    'the host rejects every key that ssh offered',
    (target) =>
      `add your public key to the account's authorized_keys (${copyIdCommand(target)}), or \`ssh-add\` the right key.`,
  ],
  [
    /remote host identification has changed/i,
    'the host key differs from the one in known_hosts',
    ({ address }) => `find out why; if the host was recreated: \`ssh-keygen -R ${address}\`.`,
  ],
  [
    /host key verification failed|no \S+ host key is known/i,
    'its host key is not in known_hosts',
    (target) => `compare and accept it once: \`${loginCommand(target)}\`.`,
  ],
  [/could not resolve/i, 'unknown host name', () => 'check the address in the config.'],
  [
    /connection refused/i,
    'nothing listens on that port',
    ({ port }) => `check the address, and that sshd runs there on port ${port}.`,
  ],
  [
    /timed out|no route to host|network is unreachable/i,
    'no response',
    ({ port }) => `check the address, that the host runs, and that its firewall allows port ${port}.`,
  ],
  [/ENOENT/, 'ssh is not installed on this machine', () => 'install it (Debian: apt install openssh-client).'],
];

/** Whether ssh connected and the script ran to its end (`isComplete`). */
export function checkSsh(target: SshTarget, output: ScriptOutput, isComplete: boolean): CheckResult {
  const check = `ssh ${target.user}@${target.address}`;
  if (isComplete) return passed(check, 'connected, key accepted');
  const cause = causes.find(([pattern]) => pattern.test(output.err));
  if (cause) return failed(check, cause[1], cause[2](target));
  const message = output.err.trim().split('\n').at(-1) || `ssh exited with ${output.code ?? 'no code, after 90 s'}`;
  return failed(check, message, `try \`${loginCommand(target)}\` by hand.`);
}

function loginCommand({ user, address, port }: SshTarget): string {
  return `ssh ${port === 22 ? '' : `-p ${port} `}${user}@${address}`;
}

function copyIdCommand(target: SshTarget): string {
  return loginCommand(target).replace(/^ssh/, 'ssh-copy-id');
}
