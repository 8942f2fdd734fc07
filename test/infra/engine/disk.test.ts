import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { readHostScript, scriptInput } from '../../../infra/host-script.ts';
import { needs } from '../../lab/parts.ts';
import { createLoopDisk } from './loop-disk.ts';
import { startSshd } from './sshd.ts';

type Variables = { MAY_FORMAT?: 'yes' | 'no'; DEVICE?: string; MOUNT_POINT?: string };

/** A host with a blank disk, and the program's own script for it. */
function createTestHost(t: TestContext, mebibytes = 64) {
  const folder = mkdtempSync(path.join(tmpdir(), 'disk-'));
  const disk = createLoopDisk(mebibytes);
  const mountPoint = path.join(folder, 'mnt');
  const fstab = path.join(folder, 'fstab');
  writeFileSync(fstab, 'UUID=0000 / ext4 defaults 0 1\n');
  t.after(() => {
    spawnSync('umount', [mountPoint]);
    if (existsSync(mountPoint)) spawnSync('chattr', ['-i', mountPoint]);
    disk.remove();
    rmSync(folder, { recursive: true });
  });
  const input = (variables: Variables = {}) =>
    scriptInput(readHostScript('mount-disk.sh'), {
      DEVICE: disk.device,
      MOUNT_POINT: mountPoint,
      DATA_FOLDER: path.join(mountPoint, 'zygy-data'),
      MAY_FORMAT: 'yes',
      FSTAB: fstab,
      ...variables,
    });
  return {
    folder,
    disk,
    mountPoint,
    data: path.join(mountPoint, 'zygy-data'),
    fstab: () => readFileSync(fstab, 'utf8'),
    input,
    mount: (variables: Variables = {}) => feed('sh', ['-s'], input(variables)),
    isMounted: () => spawnSync('mountpoint', ['-q', mountPoint]).status === 0,
    unmount: () => execFileSync('umount', [mountPoint]),
    bytes: () => statfsSync(mountPoint).blocks * statfsSync(mountPoint).bsize,
    format: (type: string, ...options: string[]) =>
      execFileSync(`mkfs.${type}`, [...options, disk.device], { stdio: 'pipe' }),
    content: () => readFileSync(disk.file).subarray(0, 1_000_000),
  };
}

/** Runs a command with this input; rejects with its output when it fails. */
function feed(command: string, args: readonly string[], input: string): Promise<unknown> {
  const running = promisify(execFile)(command, [...args]);
  running.child.stdin?.end(input);
  return running;
}

describe('the disk of a host, on a loop device', needs('root', 'loop', 'sshd'), () => {
  test('a blank volume gets a filesystem, is mounted by UUID, and contains a folder of uid 1000', async (t) => {
    const host = createTestHost(t);
    await host.mount();
    assert.equal(host.isMounted(), true);
    const { uid, gid } = statSync(host.data);
    assert.deepEqual([uid, gid], [1000, 1000]);
    const [, line = ''] = host.fstab().trim().split('\n');
    assert.match(line, new RegExp(`^UUID=[0-9a-f-]{36} ${host.mountPoint} ext4 \\S*nofail\\S* 0 2$`));
  });

  test('a second run changes nothing', async (t) => {
    const host = createTestHost(t);
    await host.mount();
    writeFileSync(path.join(host.data, 'csv_data.db'), 'data');
    const before = host.fstab();
    await host.mount();
    assert.deepEqual([host.fstab(), readFileSync(path.join(host.data, 'csv_data.db'), 'utf8')], [before, 'data']);
  });

  test('while unmounted, the mount point accepts no file; mounted again, the data is there', async (t) => {
    const host = createTestHost(t);
    await host.mount();
    writeFileSync(path.join(host.data, 'csv_data.db'), 'data');
    host.unmount();
    assert.throws(() => mkdirSync(host.data), { code: 'EPERM' });
    await host.mount();
    assert.equal(readFileSync(path.join(host.data, 'csv_data.db'), 'utf8'), 'data');
  });

  test('the filesystem grows with its volume, while mounted', async (t) => {
    const host = createTestHost(t, 400);
    host.format('xfs', '-q');
    await host.mount({ MAY_FORMAT: 'no' });
    const before = host.bytes();
    host.disk.grow(800);
    await host.mount({ MAY_FORMAT: 'no' });
    assert.ok(host.bytes() > before * 1.8, `${before} to ${host.bytes()}`);
  });

  test('an ext4 filesystem grows too, or reports why it cannot', async (t) => {
    const host = createTestHost(t);
    await host.mount();
    const before = host.bytes();
    host.disk.grow(128);
    // Growing a mounted ext4 takes CAP_SYS_RESOURCE, which root has on a host, but not in every sandbox.
    const capabilities = BigInt(`0x${/CapEff:\s*(\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]}`);
    if ((capabilities >> 24n) & 1n) {
      await host.mount();
      assert.ok(host.bytes() > before * 1.8, `${before} to ${host.bytes()}`);
    } else {
      await assert.rejects(host.mount(), /Permission denied to resize filesystem/);
    }
  });

  test('an adopted volume with data is mounted unchanged', async (t) => {
    const host = createTestHost(t);
    host.format('ext4', '-q');
    mkdirSync(host.mountPoint);
    execFileSync('mount', [host.disk.device, host.mountPoint]);
    mkdirSync(host.data);
    writeFileSync(path.join(host.data, 'csv_data.db'), 'last year');
    host.unmount();
    await host.mount({ MAY_FORMAT: 'no' });
    assert.equal(readFileSync(path.join(host.data, 'csv_data.db'), 'utf8'), 'last year');
  });

  test('an adopted blank volume is never formatted', async (t) => {
    const host = createTestHost(t);
    await assert.rejects(host.mount({ MAY_FORMAT: 'no' }), /is adopted but has no filesystem/);
    assert.ok(host.content().every((byte) => byte === 0));
  });

  for (const [what, write] of [
    ['swap', (device: string) => execFileSync('mkswap', [device], { stdio: 'pipe' })],
    [
      'a partition table',
      (device: string) => execFileSync('sfdisk', ['-q', device], { input: ',,L\n', stdio: 'pipe' }),
    ],
    [
      'LUKS',
      (device: string) =>
        writeFileSync(device, Buffer.concat([Buffer.from('LUKS\xba\xbe\0\x01', 'latin1'), Buffer.alloc(4088)])),
    ],
  ] as const) {
    test(`${what} on it fails the mount, and stays unchanged`, async (t) => {
      const host = createTestHost(t);
      write(host.disk.device);
      execFileSync('sync');
      const before = host.content();
      await assert.rejects(host.mount(), /contains something that nightshift does not mount/);
      assert.deepEqual([host.isMounted(), host.content().equals(before)], [false, true]);
    });
  }

  test('a mount point with files, or with another disk, fails with what was found', async (t) => {
    const host = createTestHost(t);
    mkdirSync(host.mountPoint);
    writeFileSync(path.join(host.mountPoint, 'old.db'), 'x');
    await assert.rejects(host.mount(), /already contains: old\.db/);
    rmSync(path.join(host.mountPoint, 'old.db'));
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', host.mountPoint]);
    await assert.rejects(host.mount(), /tmpfs is mounted at .*, not /);
  });

  test('a missing device is reported', async (t) => {
    const host = createTestHost(t);
    await assert.rejects(host.mount({ DEVICE: '/dev/disk/by-id/scsi-0Linode_Volume_none' }), /has no device/);
  });

  test('the same over SSH', async (t) => {
    const host = createTestHost(t);
    const sshd = await startSshd(path.join(host.folder, 'ssh'), { LANG: 'C' });
    t.after(sshd.stop);
    const options = ['-F', 'none', '-i', sshd.keyFile, '-p', String(sshd.port), '-o', 'StrictHostKeyChecking=no'];
    const quiet = ['-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', `${sshd.user}@${sshd.host}`];
    await feed('ssh', [...options, ...quiet, 'sh -s mount-disk'], host.input());
    assert.deepEqual([host.isMounted(), statSync(host.data).uid], [true, 1000]);
  });
});
