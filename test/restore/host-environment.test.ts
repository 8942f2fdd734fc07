import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type HostEnvironment, readHostEnvironment } from '../../jobs/restore/usage/host-environment.ts';

const id = 'a1'.repeat(32);

type Proc = {
  readonly pid: string;
  readonly cgroup: string;
  readonly mountinfo: readonly string[];
  readonly marks?: readonly string[];
  readonly status?: string;
};

/** A folder in the place of `/`, with the files of /proc that tell where a process runs. */
function makeRoot(
  t: TestContext,
  { pid, cgroup, mountinfo, marks = [], status = 'CapEff:\t00000000a80425fb\n' }: Proc,
): string {
  const root = mkdtempSync(path.join(tmpdir(), 'nightshift-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(path.join(root, 'proc', 'self', 'ns'), { recursive: true });
  symlinkSync(`pid:[${pid}]`, path.join(root, 'proc', 'self', 'ns', 'pid'));
  writeFileSync(path.join(root, 'proc', 'self', 'cgroup'), cgroup);
  writeFileSync(path.join(root, 'proc', 'self', 'mountinfo'), mountinfo.join('\n'));
  writeFileSync(path.join(root, 'proc', 'self', 'status'), status);
  for (const mark of marks) writeFileSync(path.join(root, mark), '');
  return root;
}

const hostPid = '4026531836';
const shown = ({ hostname: _, ...host }: HostEnvironment) => host;
const mounted = (root: string, at: string) => `89 72 8:16 ${root} ${at} rw,relatime - ext4 /dev/sdb rw`;

test('where it runs: on a host whose mount table names containers', { skip: !existsSync('/proc') }, (t) => {
  const shm = `50 22 0:48 / /var/lib/docker/containers/${id}/mounts/shm rw - tmpfs shm rw`;
  const mountinfo = [mounted('/', '/'), mounted('/', '/mnt/no such'), shm];
  const status = 'CapPrm:\t0000000000000000\nCapEff:\t000001ffffffffff\n';
  const root = makeRoot(t, { pid: hostPid, cgroup: '0::/user.slice/session-1.scope\n', mountinfo, status });
  assert.deepEqual(shown(readHostEnvironment('/no/such/folder', root)), {
    hasProc: true,
    seesHostProcesses: true,
    mayTrace: true,
    inContainer: false,
    containerId: null,
    networkContainerId: null,
    mount: { root: '/', mountPoint: '/' },
    folder: '/no/such/folder',
  });
});

test('where it runs: in a container, by its control group or by the files that Docker mounts', (t) => {
  const mountinfo = [
    mounted('/', '/'),
    mounted('/zygy\\040data', '/no/such'),
    mounted('/covered', '/no/such/folder/below'),
    mounted(`/var/lib/docker/containers/${id}/hostname`, '/etc/hostname'),
  ];
  const inside = {
    hasProc: true,
    seesHostProcesses: false,
    mayTrace: false,
    inContainer: true,
    networkContainerId: id,
    mount: { root: '/zygy data', mountPoint: '/no/such' },
    folder: '/no/such/folder',
  };
  const v2 = makeRoot(t, { pid: '4026532183', cgroup: '0::/\n', mountinfo });
  assert.deepEqual(shown(readHostEnvironment('/no/such/folder', v2)), { ...inside, containerId: null });
  const inner = 'b2'.repeat(32);
  const v1 = makeRoot(t, { pid: '4026532183', cgroup: `8:pids:/docker/${id}/docker/${inner}\n`, mountinfo });
  assert.deepEqual(shown(readHostEnvironment('/no/such/folder', v1)), { ...inside, containerId: inner });
});

test('where it runs: the mark of a Docker image alone makes a container only of a pid namespace of its own', (t) => {
  const facts = { cgroup: '0::/\n', mountinfo: [mounted('/', '/')], marks: ['.dockerenv'] };
  assert.equal(readHostEnvironment('/no/such', makeRoot(t, { ...facts, pid: hostPid })).inContainer, false);
  assert.equal(readHostEnvironment('/no/such', makeRoot(t, { ...facts, pid: '4026532183' })).inContainer, true);
});
