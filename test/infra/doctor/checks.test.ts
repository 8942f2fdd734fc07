import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkClock } from '../../../infra/doctor/clock-check.ts';
import { checkDisk } from '../../../infra/doctor/disk-check.ts';
import { checkDns } from '../../../infra/doctor/dns-checks.ts';
import {
  checkContainerNames,
  checkDocker,
  checkJoinedContainers,
  checkPorts,
} from '../../../infra/doctor/docker-checks.ts';
import { type HostFacts, readHostFacts } from '../../../infra/doctor/host-facts.ts';
import { checkSsh } from '../../../infra/doctor/ssh-check.ts';
import type { DiskTarget, HostTarget } from '../../../infra/doctor/target.ts';
import { grants } from '../../../infra/doctor/token-scopes.ts';

const facts: HostFacts = {
  now: 1_764_439_201,
  root: 'sudo',
  docker: { version: '28.5.1' },
  containers: [],
  joined: [],
  listening: [22],
  mounted: null,
  folder: 'absent',
  device: null,
  mail: null,
};
const factsWith = (change: Partial<HostFacts>): HostFacts => ({ ...facts, ...change });
const short = ({ status, message }: { status: string; message: string }) => `${status}: ${message}`;

test('Docker from 20.10 on', () => {
  const versions: [HostFacts['docker'], string][] = [
    [{ version: '20.10.24+dfsg1' }, 'ok: 20.10.24+dfsg1'],
    [{ version: '29.0.0' }, 'ok: 29.0.0'],
    [{ version: '20.9.1' }, 'fail: 20.9.1 is too old'],
    [{ version: '19.03.15' }, 'fail: 19.03.15 is too old'],
    ['missing', 'fail: is not installed'],
    [
      { error: 'permission denied while trying to connect to the Docker daemon socket' },
      'fail: the SSH user may not use it',
    ],
    [{ error: 'Is the docker daemon running?' }, 'fail: does not respond (Is the docker daemon running?)'],
  ];
  for (const [docker, expected] of versions) assert.equal(short(checkDocker(factsWith({ docker }))), expected);
});

test('ports 80 and 443: free, used by our own proxy, by another container, by a program', () => {
  const ours = { name: 'nightshift-proxy', ours: true, ports: [443] };
  const theirs = { name: 'nginx', ours: false, ports: [80] };
  const of = (containers: HostFacts['containers'], listening: number[]) =>
    checkPorts(factsWith({ containers, listening }), [80, 443]).map(short);
  assert.deepEqual(of([], [22]), ['ok: free', 'ok: free']);
  assert.deepEqual(of([ours, theirs], [80, 443]), [
    'fail: in use by the container nginx',
    'ok: used by our own nightshift-proxy',
  ]);
  assert.deepEqual(of([], [80]), ['fail: in use by a process on the host', 'ok: free']);
});

test('only containers that nightshift did not create take a name', () => {
  const host: HostTarget = {
    ...{ name: '', access: { kind: 'created' }, disk: null, ports: [], mail: null, page: null },
    containers: ['sqlite-backup', 'backend-dailysummary'],
    replace: false,
  };
  const containers = [
    { name: 'sqlite-backup', ours: false, ports: [] },
    { name: 'backend-dailysummary', ours: true, ports: [] },
    { name: 'backend-mcpserver', ours: false, ports: [] },
  ];
  assert.equal(
    short(checkContainerNames(factsWith({ containers }), host)),
    'fail: used by containers that nightshift did not create: sqlite-backup',
  );
  const replacing = checkContainerNames(factsWith({ containers }), { ...host, replace: true });
  assert.equal(short(replacing), 'ok: `up` replaces sqlite-backup');
});

test('containers in the network of one of ours are named, with what makes them anew after an `up`', () => {
  const joined = [
    { name: 'tunnel', owner: 'nightshift-caddy', remake: 'in /srv/vpn: docker compose up -d --force-recreate tunnel' },
    { name: 'debugger', owner: 'sqlite-backup', remake: null },
    { name: 'other', owner: 'nginx', remake: null },
  ];
  const of = (containers: string[]) => checkJoinedContainers(factsWith({ joined }), { containers }).map(short);
  assert.deepEqual(of(['nightshift-caddy', 'sqlite-backup']), [
    'ok: when `up` replaces a container, those that share its network, processes or IPC are cut off, and must be made anew afterwards: tunnel beside nightshift-caddy (in /srv/vpn: docker compose up -d --force-recreate tunnel), debugger beside sqlite-backup (whoever made it)',
  ]);
  assert.deepEqual(of(['backend-dailysummary']), []);
});

const created: DiskTarget = { mountPoint: '/mnt/data', volume: { kind: 'created', label: 'data' } };
const adopted: DiskTarget = { mountPoint: '/mnt/data', volume: { kind: 'adopted', id: 42 } };
const byHand: DiskTarget = { mountPoint: '/mnt/data', volume: { kind: 'mounted' } };
const plain: DiskTarget = { mountPoint: '/mnt/data', volume: { kind: 'folder' } };
const device = (type: string | null, mountedAt: string | null = null) => ({ path: '/dev/sdc', type, mountedAt });
const other = { source: '/dev/sdb', type: 'ext4' };

const disks: [string, DiskTarget, Partial<HostFacts>, string][] = [
  ['nothing there yet', created, {}, 'skipped: `up` creates the volume and mounts it here'],
  ['an empty mount point', adopted, { folder: 'empty' }, 'skipped: `up` attaches the volume and mounts it here'],
  ['attached, with data', adopted, { device: device('ext4') }, 'ok: /dev/sdc is ext4, not mounted yet; `up` mounts it'],
  [
    'attached and blank, created by up',
    created,
    { device: device(null) },
    'ok: /dev/sdc is blank, not mounted yet; `up` mounts it',
  ],
  [
    'mounted where it should be',
    adopted,
    { device: device('ext4', '/mnt/data'), mounted: { source: '/dev/sdc', type: 'ext4' }, folder: 'filled' },
    'ok: /dev/sdc, ext4, is mounted',
  ],
  [
    'blank, though to be adopted',
    adopted,
    { device: device(null) },
    'fail: /dev/sdc is blank, but should be adopted with its data',
  ],
  ['a foreign filesystem', adopted, { device: device('ntfs') }, 'fail: /dev/sdc contains ntfs, not ext4'],
  ['a partition table', created, { device: device('gpt') }, 'fail: /dev/sdc contains gpt, not ext4'],
  ['mounted elsewhere', adopted, { device: device('ext4', '/srv') }, 'fail: /dev/sdc is mounted at /srv'],
  [
    'another disk at the mount point',
    created,
    { mounted: other, folder: 'filled' },
    'fail: another disk is mounted there: /dev/sdb (ext4)',
  ],
  [
    'another disk there, ours attached',
    adopted,
    { device: device('ext4'), mounted: other },
    'fail: another disk is mounted there: /dev/sdb (ext4)',
  ],
  ['files below the mount point', created, { folder: 'filled' }, 'fail: contains files, but no disk is mounted there'],
  [
    'files below it, disk attached',
    adopted,
    { device: device('ext4'), folder: 'filled' },
    'fail: contains files, but no disk is mounted there',
  ],
  ['mounted by hand', byHand, { mounted: other, root: 'none' }, 'ok: /dev/sdb, ext4, is mounted'],
  ['not mounted by hand', byHand, { folder: 'filled' }, 'fail: no disk is mounted there'],
  [
    'no root',
    created,
    { root: 'none' },
    'fail: the SSH user is neither root nor allowed to use sudo without a password',
  ],
  ['no volume, a folder with data', plain, { folder: 'filled', root: 'none' }, 'ok: exists'],
  ['no volume and no folder', plain, {}, 'fail: does not exist'],
];
for (const [what, disk, change, expected] of disks) {
  test(`disk: ${what}`, () => assert.equal(short(checkDisk(factsWith(change), disk)), expected));
}

test('no hint ever suggests formatting a disk that is not blank', () => {
  for (const [, disk, change] of disks) {
    const result = checkDisk(factsWith(change), disk);
    assert.doesNotMatch(result.status === 'fail' ? result.hint : '', /mkfs/);
  }
});

test('the host clock may be anywhere within the time of the probe, and a minute beyond', () => {
  const at = (before: number, after: number) => short(checkClock(facts, facts.now + before, facts.now + after));
  assert.equal(at(-2, 3), 'ok: in sync with this machine');
  assert.equal(at(40, 45), 'ok: the host is 40 seconds behind this machine');
  assert.equal(at(-905, -900), 'fail: the host is 900 seconds ahead of this machine');
});

test('the name of the summary page', () => {
  const page = { name: 'daily.shop.example', domain: null };
  const zone = { ...page, domain: 'shop.example' };
  const hosts = ['192.0.2.7'];
  const right = { addresses: ['2001:db8::1', '192.0.2.7'] };
  const wrong = { addresses: ['198.51.100.9'] };
  const none = { reason: 'ENOTFOUND' };
  assert.equal(short(checkDns(page, right, hosts)), 'ok: resolves to 192.0.2.7');
  assert.equal(short(checkDns(page, wrong, hosts)), 'fail: resolves to 198.51.100.9, not to 192.0.2.7');
  assert.equal(short(checkDns(page, none, hosts)), 'fail: does not resolve');
  assert.equal(
    short(checkDns(zone, none, hosts)),
    'skipped: does not resolve; `up` creates the record in shop.example',
  );
  assert.equal(short(checkDns(zone, wrong, hosts)), 'fail: resolves to 198.51.100.9, not to 192.0.2.7');
});

test('scopes: all, writing includes reading, reading is not writing', () => {
  assert.equal(grants('*', { area: 'volumes', access: 'read_write' }), true);
  assert.equal(grants('linodes:read_only volumes:read_write', { area: 'volumes', access: 'read_only' }), true);
  assert.equal(grants('linodes:read_only,volumes:read_only', { area: 'volumes', access: 'read_write' }), false);
});

test('a changed host key fails, with a warning to find out why', () => {
  const target = { user: 'zygy', address: '192.0.2.7', port: 22, options: [] };
  const err = '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n';
  assert.deepEqual(checkSsh(target, { code: 255, out: '', err }, false), {
    check: 'ssh zygy@192.0.2.7',
    status: 'fail',
    message: 'the host key differs from the one in known_hosts',
    hint: 'find out why; if the host was recreated: `ssh-keygen -R 192.0.2.7`.',
  });
});

test('facts are parsed from the script’s output; incomplete output gives none', () => {
  const output = [
    'now\t1764439201',
    'root\tsudo',
    'docker-version\t28.5.1',
    'container\tsqlite-backup\tone=1,nightshift.spec=abc\t',
    'container\tnginx\tmaintainer=NGINX\t0.0.0.0:80->80/tcp, [::]:80->80/tcp\tb2',
    'container\tsidecar\t\t\tc3',
    'modes\t/nginx\tbridge\t\tprivate\t\t',
    'modes\t/sidecar\tcontainer:b2\t\tprivate\tproxy\t/srv/shop',
    'modes\t/debugger\tbridge\tcontainer:b2\tprivate\t\t',
    'modes\t/lost\tcontainer:e5\t\tprivate\t\t',
    'listening\t0016',
    'listening\t0050',
    'mounted\t/dev/sdc ext4',
    'folder\tfilled',
    'device\t/dev/sdc',
    'device-type\text4',
    'device-mounted\t/mnt/data',
    'mail\topen',
    'end\tyes',
  ];
  assert.deepEqual(readHostFacts(output.join('\n')), {
    now: 1_764_439_201,
    root: 'sudo',
    docker: { version: '28.5.1' },
    containers: [
      { name: 'sqlite-backup', ours: true, ports: [] },
      { name: 'nginx', ours: false, ports: [80, 80] },
      { name: 'sidecar', ours: false, ports: [] },
    ],
    joined: [
      { name: 'sidecar', owner: 'nginx', remake: 'in /srv/shop: docker compose up -d --force-recreate proxy' },
      { name: 'debugger', owner: 'nginx', remake: null },
    ],
    listening: [22, 80],
    mounted: { source: '/dev/sdc', type: 'ext4' },
    folder: 'filled',
    device: { path: '/dev/sdc', type: 'ext4', mountedAt: '/mnt/data' },
    mail: 'open',
  } satisfies HostFacts);
  assert.equal(readHostFacts(output.slice(0, -1).join('\n')), null);
});
