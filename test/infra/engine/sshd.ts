import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../free-port.ts';

export type TestSshd = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  readonly privateKey: string;
  readonly hostKey: string;
  stop(): Promise<void>;
};

/** An SSH server on a free loopback port, with a key made for it; `variables` are set in every session. */
export async function startSshd(folder: string, variables: Record<string, string>): Promise<TestSshd> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (name: string) => path.join(folder, name);
  for (const key of ['host', 'client']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(key)]);
  }
  writeFileSync(file('authorized'), readFileSync(file('client.pub')), { mode: 0o600 });
  const port = await freePort();
  const setEnv = Object.entries(variables).map(([name, value]) => `"${name}=${value}"`);
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${file('host')}`,
    `PidFile ${file('pid')}`,
    `AuthorizedKeysFile ${file('authorized')}`,
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    'UsePAM no',
    'MaxStartups 50:30:100',
    `SetEnv ${setEnv.join(' ')}`,
  ];
  writeFileSync(file('sshd_config'), `${lines.join('\n')}\n`);
  mkdirSync('/run/sshd', { recursive: true });
  const child = spawn(process.env['LAB_SSHD'] ?? '/usr/sbin/sshd', ['-D', '-e', '-f', file('sshd_config')], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries > 50 || child.exitCode !== null) throw new Error('sshd did not start.');
    await sleep(100);
  }
  return {
    host: '127.0.0.1',
    port,
    user: 'root',
    keyFile: file('client'),
    privateKey: readFileSync(file('client'), 'utf8'),
    hostKey: readFileSync(file('host.pub'), 'utf8').trim(),
    async stop() {
      const closed = once(child, 'close');
      if (child.exitCode === null && child.kill()) await closed;
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return open;
}
