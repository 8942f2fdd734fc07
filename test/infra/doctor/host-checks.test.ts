import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkResultText } from '../../../infra/doctor/check-result.ts';
import { runChecks } from '../../../infra/doctor/run-checks.ts';
import type { HostTarget, SshTarget } from '../../../infra/doctor/target.ts';
import { type Clock, systemClock } from '../../../jobs/runtime/clock.ts';
import { freePort } from '../../free-port.ts';
import { needs } from '../../lab/parts.ts';
import { startSshTargets } from './ssh-targets.ts';

type HostTargetParts = Partial<Omit<HostTarget, 'name' | 'access'>>;

const bare = { name: '', disk: null, ports: [], containers: [], replace: false, mail: null, page: null };

/** What doctor prints of one host, without the line of Linode. */
async function doctor(
  t: TestContext,
  ssh: SshTarget,
  parts: HostTargetParts = {},
  clock: Clock = systemClock,
): Promise<string> {
  const host: HostTarget = { ...bare, access: { kind: 'address', ssh }, ...parts };
  const results = await runChecks({ linode: null, hosts: [host] }, { clock, signal: t.signal });
  return results.slice(1).map(checkResultText).join('');
}

const dockerHost = () => process.env['LAB_DOCKER_HOST'] ?? '';
const docker = (...args: string[]) =>
  execFileSync('docker', args, { env: { ...process.env, DOCKER_HOST: dockerHost() }, stdio: 'pipe' });

function folder(t: TestContext): string {
  const created = mkdtempSync(path.join(tmpdir(), 'nightshift-doctor-'));
  t.after(() => rmSync(created, { recursive: true, force: true }));
  return created;
}

/** A server on loopback, in place of a mail server or another program's web server. */
async function listener(t: TestContext): Promise<number> {
  const server = createServer((socket) => {
    // A client that only checks the port may disconnect before the greeting.
    socket.on('error', () => {});
    socket.end('220 here\r\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a host that passes every check', needs('sshd', 'docker'), async (t) => {
  const { target } = await startSshTargets(t, { DOCKER_HOST: dockerHost() });
  const mail = { host: '127.0.0.1', port: await listener(t) };
  const port = await freePort();
  const disk = { mountPoint: folder(t), volume: { kind: 'folder' } } as const;
  const text = await doctor(t, target, { mail, ports: [port], disk, containers: [`absent-${randomUUID()}`] });
  assert.equal(
    text.replace(/Docker: [\d.+a-z~]+$/m, 'Docker: VERSION'),
    `ok    ssh ${target.user}@127.0.0.1: connected, key accepted
ok    Docker: VERSION
ok    container names: free, or used by nightshift
ok    port ${port}: free
ok    disk ${disk.mountPoint}: exists
ok    mail 127.0.0.1:${mail.port}: reachable from the host
ok    clock: in sync with this machine
`,
  );
});

test('a key that the host rejects, an unknown host key, and no host at all', needs('sshd'), async (t) => {
  const { unauthorized, unknownHostKey, target } = await startSshTargets(t);
  const { user, port } = target;
  assert.equal(
    await doctor(t, unauthorized),
    `FAIL  ssh ${user}@127.0.0.1: the host rejects every key that ssh offered
      What to do: add your public key to the account's authorized_keys (ssh-copy-id -p ${port} ${user}@127.0.0.1), or \`ssh-add\` the right key.
`,
  );
  assert.equal(
    await doctor(t, unknownHostKey),
    `FAIL  ssh ${user}@127.0.0.1: its host key is not in known_hosts
      What to do: compare and accept it once: \`ssh -p ${port} ${user}@127.0.0.1\`.
`,
  );
  const nobody = { ...target, port: await freePort() };
  assert.match(await doctor(t, nobody), /^FAIL {2}ssh .*: nothing listens on that port\n/);
  const nowhere = { ...target, address: 'host.invalid' };
  assert.match(await doctor(t, nowhere), /^FAIL {2}ssh .*@host\.invalid: unknown host name\n/);
});

test(
  'an old container has the name: it is named, with the command that renames it',
  needs('sshd', 'docker'),
  async (t) => {
    const { target } = await startSshTargets(t, { DOCKER_HOST: dockerHost() });
    const [old, ours] = [`doctor-old-${randomUUID()}`, `doctor-ours-${randomUUID()}`];
    docker('create', '--name', old, 'node:26-bookworm-slim', 'true');
    t.after(() => docker('rm', '-f', old));
    docker('create', '--name', ours, '--label', 'nightshift.stack=prod', 'node:26-bookworm-slim', 'true');
    t.after(() => docker('rm', '-f', ours));
    const text = await doctor(t, target, { containers: [old, ours] });
    assert.deepEqual(text.split('\n').slice(2, 4), [
      `FAIL  container names: used by containers that nightshift did not create: ${old}`,
      `      What to do: let \`up\` replace them (\`pulumi config set nightshift:replaceContainers true\`), or rename them on the host: \`docker stop ${old} && docker rename ${old} ${old}-old\`.`,
    ]);
  },
);

test('a port that another process uses', needs('sshd'), async (t) => {
  const { target } = await startSshTargets(t);
  const port = await listener(t);
  assert.match(
    await doctor(t, target, { ports: [port] }),
    new RegExp(`^FAIL {2}port ${port}: in use by a process on the host\n`, 'm'),
  );
});

test('an unreachable mail server: the hint names the ports that Linode blocks', needs('sshd'), async (t) => {
  const { target } = await startSshTargets(t);
  const port = await freePort();
  const text = await doctor(t, target, { mail: { host: '127.0.0.1', port } });
  assert.match(
    text,
    new RegExp(
      `^FAIL {2}mail 127\\.0\\.0\\.1:${port}: not reachable from the host \\(Connection refused\\)\n.*Linode blocks outgoing 25, 465 and 587`,
      'm',
    ),
  );
});

test('a Docker that does not respond', needs('sshd', 'docker'), async (t) => {
  const { target } = await startSshTargets(t, { DOCKER_HOST: 'unix:///nowhere/docker.sock' });
  assert.match(await doctor(t, target), /^FAIL {2}Docker: does not respond \(.*\/nowhere\/docker\.sock.*\)\n/m);
});

test('a mount point that already contains files', needs('sshd', 'root'), async (t) => {
  const { target } = await startSshTargets(t);
  const mountPoint = path.join(folder(t), "it's here");
  mkdirSync(mountPoint);
  const disk = { mountPoint, volume: { kind: 'created', label: `absent-${randomUUID()}` } } as const;
  assert.match(
    await doctor(t, target, { disk }),
    /^skip {2}disk .*it's here: `up` creates the volume and mounts it here$/m,
  );
  writeFileSync(path.join(mountPoint, 'csv_data.db'), '');
  assert.match(await doctor(t, target, { disk }), /^FAIL {2}disk .*: contains files, but no disk is mounted there$/m);
});

test('a clock that differs by an hour', needs('sshd'), async (t) => {
  const { target } = await startSshTargets(t);
  const slow: Clock = { now: () => systemClock.now().subtract({ hours: 1 }) };
  assert.match(
    await doctor(t, target, {}, slow),
    /^FAIL {2}clock: the host is 3,(599|600) seconds ahead of this machine$/m,
  );
});
