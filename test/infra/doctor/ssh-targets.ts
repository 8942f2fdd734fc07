import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { SshTarget } from '../../../infra/doctor/target.ts';
import { startSshd } from '../engine/sshd.ts';

export type SshTargets = {
  /** Reaches the server with a key it accepts. */
  readonly target: SshTarget;
  /** With a key that it does not accept. */
  readonly unauthorized: SshTarget;
  /** As somebody who has never been there. */
  readonly unknownHostKey: SshTarget;
};

/** A real OpenSSH server on loopback, for one test. `environment` is what its sessions have. */
export async function startSshTargets(t: TestContext, environment: Record<string, string> = {}): Promise<SshTargets> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-sshd-'));
  const { port, user, keyFile, hostKey, stop } = await startSshd(folder, { LANG: 'C', ...environment });
  t.after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (name: string) => path.join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('unauthorized')]);
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(file('nobody'), '');
  const by = (key: string, known: string): SshTarget => {
    const identity = ['-F', 'none', '-i', key, '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none'];
    const options = [...identity, '-o', `UserKnownHostsFile=${known}`, '-o', 'GlobalKnownHostsFile=none'];
    return { user, address: '127.0.0.1', port, options };
  };
  return {
    target: by(keyFile, file('known_hosts')),
    unauthorized: by(file('unauthorized'), file('known_hosts')),
    unknownHostKey: by(keyFile, file('nobody')),
  };
}

/** A port of loopback on which nothing listens. */
