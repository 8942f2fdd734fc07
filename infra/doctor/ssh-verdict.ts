import type { ShellAnswer } from './shell.ts';
import type { SshTarget } from './target.ts';
import { fail, ok, type Verdict } from './verdict.ts';

const causes: readonly (readonly [RegExp, string, (target: SshTarget) => string])[] = [
  [
    /permission denied/i,
    'the host refuses every key that ssh offered',
    (target) =>
      `put your public key into the account's authorized_keys (${copyId(target)}), or \`ssh-add\` the right key.`,
  ],
  [
    /remote host identification has changed/i,
    'the host shows another key than the one in known_hosts',
    ({ address }) => `find out why; if the host was made anew: \`ssh-keygen -R ${address}\`.`,
  ],
  [
    /host key verification failed|no \S+ host key is known/i,
    'its host key is not in known_hosts',
    (target) => `compare and accept it once: \`${login(target)}\`.`,
  ],
  [/could not resolve/i, 'nobody knows that name', () => 'check the address in the config.'],
  [
    /connection refused/i,
    'nothing listens on that port',
    ({ port }) => `check the address, and that sshd runs there on port ${port}.`,
  ],
  [
    /timed out|no route to host|network is unreachable/i,
    'no answer',
    ({ port }) => `check the address, that the host runs, and that its firewall lets you in on port ${port}.`,
  ],
  [/ENOENT/, 'there is no ssh on this machine', () => 'install it (Debian: apt install openssh-client).'],
];

/** Whether the host could be reached and ran the script to its end. */
export function judgeSsh(target: SshTarget, answer: ShellAnswer, complete: boolean): Verdict {
  const part = `ssh ${target.user}@${target.address}`;
  if (complete) return ok(part, 'reached, and the key is accepted');
  const known = causes.find(([pattern]) => pattern.test(answer.err));
  if (known) return fail(part, known[1], known[2](target));
  const said = answer.err.trim().split('\n').at(-1) || `ssh ended with ${answer.code ?? 'no code, after 90 s'}`;
  return fail(part, said, `try \`${login(target)}\` by hand.`);
}

function login({ user, address, port }: SshTarget): string {
  return `ssh ${port === 22 ? '' : `-p ${port} `}${user}@${address}`;
}

function copyId(target: SshTarget): string {
  return login(target).replace(/^ssh/, 'ssh-copy-id');
}
