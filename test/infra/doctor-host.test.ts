import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { examine } from '../../infra/doctor/examine.ts';
import type { HostTarget, SshTarget } from '../../infra/doctor/target.ts';
import { verdictText } from '../../infra/doctor/verdict.ts';
import { type Clock, systemClock } from '../../jobs/runtime/clock.ts';
import { freePort } from '../free-port.ts';
import { needs } from '../lab/parts.ts';
import { sshVisits } from './doctor-sshd.ts';

type Parts = Partial<Omit<HostTarget, 'name' | 'reach'>>;

const bare = { name: '', disk: null, ports: [], containers: [], replace: false, mail: null, page: null };

/** What doctor prints of one host, without the line of Linode. */
async function doctor(t: TestContext, ssh: SshTarget, parts: Parts = {}, clock: Clock = systemClock): Promise<string> {
  const host: HostTarget = { ...bare, reach: { kind: 'address', ssh }, ...parts };
  const verdicts = await examine({ linode: null, hosts: [host] }, { clock, signal: t.signal });
  return verdicts.slice(1).map(verdictText).join('');
}

const dockerHost = () => process.env['LAB_DOCKER_HOST'] ?? '';
const docker = (...args: string[]) =>
  execFileSync('docker', args, { env: { ...process.env, DOCKER_HOST: dockerHost() }, stdio: 'pipe' });

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'nightshift-doctor-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Something that listens on loopback, as a mail server or a stranger's web server does. */
async function listener(t: TestContext): Promise<number> {
  const server = createServer((socket) => {
    // Who looks in only to see whether it answers may be gone before it has.
    socket.on('error', () => {});
    socket.end('220 here\r\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a host on which all is well', needs('sshd', 'docker'), async (t) => {
  const { target } = await sshVisits(t, { DOCKER_HOST: dockerHost() });
  const mail = { host: '127.0.0.1', port: await listener(t) };
  const port = await freePort();
  const disk = { mountPoint: folder(t), volume: { kind: 'folder' } } as const;
  const text = await doctor(t, target, { mail, ports: [port], disk, containers: [`absent-${randomUUID()}`] });
  assert.equal(
    text.replace(/Docker: [\d.+a-z~]+$/m, 'Docker: VERSION'),
    `ok    ssh ${target.user}@127.0.0.1: reached, and the key is accepted
ok    Docker: VERSION
ok    container names: free, or ours
ok    port ${port}: free
ok    disk ${disk.mountPoint}: is there
ok    mail 127.0.0.1:${mail.port}: reached from the host
ok    clock: agrees with this machine
`,
  );
});

test('a key that the host does not accept, a host never seen before, and none at all', needs('sshd'), async (t) => {
  const { stranger, newcomer, target } = await sshVisits(t);
  const { user, port } = target;
  assert.equal(
    await doctor(t, stranger),
    `FAIL  ssh ${user}@127.0.0.1: the host refuses every key that ssh offered
      What to do: put your public key into the account's authorized_keys (ssh-copy-id -p ${port} ${user}@127.0.0.1), or \`ssh-add\` the right key.
`,
  );
  assert.equal(
    await doctor(t, newcomer),
    `FAIL  ssh ${user}@127.0.0.1: its host key is not in known_hosts
      What to do: compare and accept it once: \`ssh -p ${port} ${user}@127.0.0.1\`.
`,
  );
  const nobody = { ...target, port: await freePort() };
  assert.match(await doctor(t, nobody), /^FAIL {2}ssh .*: nothing listens on that port\n/);
  const nowhere = { ...target, address: 'host.invalid' };
  assert.match(await doctor(t, nowhere), /^FAIL {2}ssh .*@host\.invalid: nobody knows that name\n/);
});

test('an old container holds the name: named, with the way to move it aside', needs('sshd', 'docker'), async (t) => {
  const { target } = await sshVisits(t, { DOCKER_HOST: dockerHost() });
  const [old, ours] = [`doctor-old-${randomUUID()}`, `doctor-ours-${randomUUID()}`];
  docker('create', '--name', old, 'node:26-bookworm-slim', 'true');
  t.after(() => docker('rm', '-f', old));
  docker('create', '--name', ours, '--label', 'nightshift.stack=prod', 'node:26-bookworm-slim', 'true');
  t.after(() => docker('rm', '-f', ours));
  const text = await doctor(t, target, { containers: [old, ours] });
  assert.deepEqual(text.split('\n').slice(2, 4), [
    `FAIL  container names: taken by containers that nightshift did not make: ${old}`,
    `      What to do: let \`up\` replace them (\`pulumi config set nightshift:replaceContainers true\`), or move them aside on the host: \`docker stop ${old} && docker rename ${old} ${old}-old\`.`,
  ]);
});

test('a port that something else holds', needs('sshd'), async (t) => {
  const { target } = await sshVisits(t);
  const port = await listener(t);
  assert.match(
    await doctor(t, target, { ports: [port] }),
    new RegExp(`^FAIL {2}port ${port}: taken by a program on the host\n`, 'm'),
  );
});

test('a mail server that the host cannot reach: says that Linode blocks mail ports', needs('sshd'), async (t) => {
  const { target } = await sshVisits(t);
  const port = await freePort();
  const text = await doctor(t, target, { mail: { host: '127.0.0.1', port } });
  assert.match(
    text,
    new RegExp(
      `^FAIL {2}mail 127\\.0\\.0\\.1:${port}: not reached from the host \\(Connection refused\\)\n.*Linode blocks outgoing 25, 465 and 587`,
      'm',
    ),
  );
});

test('a Docker that does not answer', needs('sshd', 'docker'), async (t) => {
  const { target } = await sshVisits(t, { DOCKER_HOST: 'unix:///nowhere/docker.sock' });
  assert.match(await doctor(t, target), /^FAIL {2}Docker: does not answer \(.*\/nowhere\/docker\.sock.*\)\n/m);
});

test('a mount point that already holds files', needs('sshd', 'root'), async (t) => {
  const { target } = await sshVisits(t);
  const mountPoint = path.join(folder(t), "it's here");
  mkdirSync(mountPoint);
  const disk = { mountPoint, volume: { kind: 'made', label: `absent-${randomUUID()}` } } as const;
  assert.match(
    await doctor(t, target, { disk }),
    /^later disk .*it's here: `up` makes the volume and mounts it here$/m,
  );
  writeFileSync(path.join(mountPoint, 'csv_data.db'), '');
  assert.match(await doctor(t, target, { disk }), /^FAIL {2}disk .*: holds files, though no disk is mounted there$/m);
});

test('a clock that differs by an hour', needs('sshd'), async (t) => {
  const { target } = await sshVisits(t);
  const slow: Clock = { now: () => systemClock.now().subtract({ hours: 1 }) };
  assert.match(
    await doctor(t, target, {}, slow),
    /^FAIL {2}clock: the host is 3,(599|600) seconds ahead of this machine$/m,
  );
});
