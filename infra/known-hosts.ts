import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';

/**
 * Writes a known_hosts file that holds `hostKey` alone, for any address, and returns its path as ssh(1) reads it. It stays:
 * `pulumi destroy` connects too, and does not run the program.
 */
export function writeKnownHosts(hostKey: string): string {
  const name = `nightshift-host-${createHash('sha256').update(hostKey).digest('hex').slice(0, 12)}`;
  // Not HOME: ssh(1) takes `~` from the user database.
  const folder = path.join(userInfo().homedir, '.ssh');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, name), `* ${hostKey}\n`, { mode: 0o600 });
  return `~/.ssh/${name}`;
}

/** Whether the user's own known_hosts has a key of the address. True where that cannot be told. */
export function isKnownHost(address: string, port: number): boolean {
  const name = port === 22 ? address : `[${address}]:${port}`;
  return spawnSync('ssh-keygen', ['-F', name], { stdio: 'ignore' }).status !== 1;
}
