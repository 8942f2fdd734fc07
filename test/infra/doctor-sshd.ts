import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { SshTarget } from '../../infra/doctor/target.ts';

export type Sshd = {
  /** Reaches the server with a key it accepts. */
  readonly target: SshTarget;
  /** A key that it does not accept. */
  readonly stranger: SshTarget;
  /** Of somebody who has never been there. */
  readonly unknownHost: SshTarget;
};

/** A real OpenSSH server on loopback, for one test. `environment` is what its sessions have. */
export async function startSshd(t: TestContext, environment: Readonly<Record<string, string>>): Promise<Sshd> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-sshd-'));
  const file = (name: string) => path.join(folder, name);
  for (const name of ['host', 'own', 'stranger']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  }
  const port = await freePort();
  const hostKey = execFileSync('cat', [file('host.pub')], { encoding: 'utf8' });
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
  writeFileSync(file('nobody'), '');
  writeFileSync(
    file('config'),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${file('host')}
AuthorizedKeysFile ${file('own.pub')}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
${setEnv(environment)}`,
  );
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  chmodSync(folder, 0o755);
  const server = spawn(process.env['LAB_SSHD'] ?? '/usr/sbin/sshd', ['-D', '-e', '-f', file('config')]);
  server.stderr.setEncoding('utf8');
  let said = '';
  server.stderr.on('data', (text: string) => {
    said += text;
  });
  t.after(() => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const ended = once(server, 'exit').then(() => Promise.reject(new Error(`sshd did not start: ${said}`)));
  ended.catch(() => {});
  while (!said.includes('Server listening')) await Promise.race([once(server.stderr, 'data'), ended]);
  const options = (key: string, known: string) => [
    ...['-F', 'none', '-i', file(key), '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none'],
    ...['-o', `UserKnownHostsFile=${file(known)}`, '-o', 'GlobalKnownHostsFile=none'],
  ];
  const base = { user: userInfo().username, address: '127.0.0.1', port };
  return {
    target: { ...base, options: options('own', 'known_hosts') },
    stranger: { ...base, options: options('stranger', 'known_hosts') },
    unknownHost: { ...base, options: options('own', 'nobody') },
  };
}

function setEnv(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `SetEnv ${name}="${value}"\n`)
    .join('');
}

/** A port of loopback on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
