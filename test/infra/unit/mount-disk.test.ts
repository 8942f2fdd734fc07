import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fakeHost } from './fake-commands.ts';

/** The script asks whether a path is a block device, and no more of it: every command that would touch it is a fake. */
const device = readdirSync('/dev')
  .map((name) => path.join('/dev', name))
  .find((file) => lstatSync(file).isBlockDevice());

type Disk = {
  /** What `blkid -p` does with it. */
  readonly probe: string;
  readonly type?: string;
  /** What wipefs lists on it. */
  readonly signatures?: string;
  /** What findmnt says is mounted at the mount point. */
  readonly mounted?: string;
};

const blank: Disk = { probe: 'exit 2' };

function hostWith(t: TestContext, { probe, type = '', signatures = '', mounted = '' }: Disk) {
  const host = fakeHost(t, {
    blkid: `case "$*" in
      *TYPE*) if [ -e "$HERE/formatted" ]; then echo ext4; else echo '${type}'; fi ;;
      *UUID*) echo 12-34 ;;
      *) [ ! -e "$HERE/formatted" ] || exit 0; ${probe} ;;
    esac`,
    wipefs: `printf %s '${signatures}'`,
    findmnt: `printf %s '${mounted}'`,
    'mkfs.ext4': ': >"$HERE/formatted"',
    chattr: '',
    mount: '',
    mountpoint: '',
    resize2fs: 'echo grown',
    sleep: '',
  });
  const mountPoint = path.join(host.folder, 'mnt');
  const fstab = path.join(host.folder, 'fstab');
  writeFileSync(fstab, '');
  return {
    mountPoint,
    fstab: () => readFileSync(fstab, 'utf8'),
    run(mayFormat: 'yes' | 'no') {
      const places = { MOUNT_POINT: mountPoint, DATA_FOLDER: host.folder, FSTAB: fstab };
      const ran = host.run('mount-disk.sh', { DEVICE: device ?? '', MAY_FORMAT: mayFormat, ...places });
      const changes = ran.calls.filter((call) => /^(mkfs|mount|chattr)\b/.test(call) && !call.startsWith('mountpoint'));
      return { ...ran, changes };
    },
  };
}

describe('mounting the data disk', { skip: device === undefined && 'there is no block device' }, () => {
  const mounting = (at: string) => [`chattr +i ${at}`, `mount -t ext4 -o noatime ${device} ${at}`];

  test('a blank new one is formatted once, mounted, and mounted at every boot, which it never holds up', (t) => {
    const { run, fstab, mountPoint } = hostWith(t, blank);
    const { status, stderr, changes } = run('yes');
    assert.equal(status, 0, stderr);
    assert.deepEqual(changes, [`mkfs.ext4 -q -L nightshift ${device}`, ...mounting(mountPoint)]);
    assert.equal(fstab(), `UUID=12-34 ${mountPoint} ext4 defaults,noatime,nofail 0 2\n`);
    assert.deepEqual(run('yes').changes, mounting(mountPoint));
    assert.equal(fstab().split('\n').length, 2);
  });

  test('one with data is mounted as it is, also where it may be formatted', (t) => {
    const { run, mountPoint } = hostWith(t, { probe: 'echo ext4', type: 'ext4' });
    assert.deepEqual(run('yes').changes, mounting(mountPoint));
  });

  for (const [what, disk, mayFormat, said] of [
    ['a blank one that is adopted', blank, 'no', /is adopted but has no filesystem/],
    ['one that cannot be read', { probe: 'echo "read error"; exit 4' }, 'yes', /does not mount: read error\./],
    ['one with several signatures', { probe: 'exit 8' }, 'yes', /contains something that nightshift does not mount/],
    ['one with the rest of a signature', { ...blank, signatures: 'zfs_member' }, 'yes', /does not mount/],
    ['one with another filesystem', { probe: 'echo ntfs', type: 'ntfs' }, 'yes', /does not mount: ntfs\./],
    ['a mount point with another disk', { ...blank, mounted: '/dev/other' }, 'yes', /^\/dev\/other is mounted at /],
  ] as const) {
    test(`${what}: nothing is formatted and nothing mounted`, (t) => {
      const { run, fstab } = hostWith(t, disk);
      const { status, stderr, changes } = run(mayFormat);
      assert.match(stderr, said);
      assert.deepEqual([status, changes, fstab()], [1, [], '']);
    });
  }

  test('files at the mount point are not hidden by a disk mounted over them', (t) => {
    const { run, mountPoint } = hostWith(t, { probe: 'echo ext4', type: 'ext4' });
    mkdirSync(mountPoint);
    writeFileSync(path.join(mountPoint, 'orders.db'), '');
    const { status, stderr, changes } = run('no');
    assert.match(stderr, /already contains: orders\.db .*Mounting over it would hide that/);
    assert.deepEqual([status, changes], [1, []]);
  });
});
