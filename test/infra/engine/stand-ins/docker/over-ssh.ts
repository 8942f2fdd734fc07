import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ResourceType } from '../resource.ts';

let connected: Promise<void> | null = null;
let address: URL | null = null;
let options: readonly string[] = [];

/** What the provider was configured with. Only `ssh://` goes through ssh. */
export function reachBySsh(host: string, sshOpts: readonly string[]): void {
  address = host.startsWith('ssh://') ? new URL(host) : null;
  options = sshOpts;
  connected = null;
}

/** The type, whose first call connects as Docker's own helper does: the system's ssh with the program's options. */
export function overSsh(type: ResourceType): ResourceType {
  const { create, read, update, remove } = type;
  return {
    ...type,
    create: async (...args) => connect().then(() => create(...args)),
    read: async (...args) => connect().then(() => read(...args)),
    ...(update === undefined ? {} : { update: async (...args) => connect().then(() => update(...args)) }),
    remove: async (...args) => connect().then(() => remove(...args)),
  };
}

function connect(): Promise<void> {
  connected ??= address === null ? Promise.resolve() : dial(address);
  return connected;
}

async function dial({ hostname, port, username }: URL): Promise<void> {
  const login = ['-l', username, ...(port === '' ? [] : ['-p', port]), '--', hostname];
  const child = spawn('ssh', ['-o', 'ConnectTimeout=30', '-T', ...options, ...login, 'docker', 'version'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = text(child.stderr);
  // A shared connection stays open, and keeps standard error open.
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`error during connect: command [ssh -l ${username}] has exited with ${await said}`);
}
