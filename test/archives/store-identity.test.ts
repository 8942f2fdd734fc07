import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { checkFolder } from '../../jobs/archives/store-identity.ts';
import { makeScene } from '../backup/scene.ts';
import { needs } from '../lab/parts.ts';
import { type FinishedCommand, nightshift } from '../nightshift.ts';

const marker = '.nightshift-store.json';
const [ours, other] = ['a', 'b'].map((id) => ({ id, created: '2025-11-27T02:00:00Z' }));
const folderWith = (found: typeof ours | null, others = 0) =>
  ({ kind: 'folder', marker: found ?? null, others }) as const;

test('a folder is judged by its marker and by what the history knows of the place', () => {
  const cases = [
    [{ kind: 'absent' } as const, null, 'mark'],
    [folderWith(null), null, 'mark'],
    [folderWith(null, 3), null, 'mark'],
    [folderWith(ours), null, 'record'],
    [folderWith(ours, 3), 'a', 'same'],
    [folderWith(other), 'a', `The folder /b has the ${marker} of another store, first used 2025-11-27T02:00:00Z`],
    [folderWith(null), 'a', `The folder /b lacks the file ${marker} (it is empty)`],
    [folderWith(null, 2), 'a', `The folder /b lacks the file ${marker} (other files are there)`],
    [{ kind: 'absent' } as const, 'a', 'There is no folder /b'],
    [{ kind: 'parent absent', parent: '/' } as const, null, 'There is no folder / to hold /b'],
    [{ kind: 'parent absent', parent: '/' } as const, 'a', 'There is no folder / to hold /b'],
  ] as const;
  for (const [found, known, expected] of cases) {
    const verdict = checkFolder('/b', found, known);
    assert.equal(typeof verdict === 'object' ? verdict.refused : verdict, expected);
  }
  for (const mountPoint of ['/data', '/state', '/staging', '/state/']) {
    const refused = { refused: `There is no folder ${mountPoint}` };
    assert.deepEqual(checkFolder(mountPoint, { kind: 'absent' }, null), refused);
  }
});

async function diskOf(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-disk-'));
  const [disk, store] = [path.join(folder, 'disk.img'), path.join(folder, 'store')];
  mkdirSync(store);
  execFileSync('truncate', ['-s', '32M', disk]);
  execFileSync('mkfs.ext4', ['-q', disk], { stdio: 'ignore' });
  const unmount = () => execFileSync('umount', [store]);
  t.after(() => {
    if (statSync(store).dev !== statSync(folder).dev) unmount();
    rmSync(folder, { recursive: true });
  });
  const { environment } = await makeScene(t, { BACKUP_STORE: pathToFileURL(store).href });
  return {
    store,
    mount: () => execFileSync('mount', ['-o', 'loop', disk, store]),
    unmount,
    run: (...args: string[]) => nightshift(args, environment),
  };
}

/** `CODE: message` of what a command failed with. */
function failureOf({ code, err }: FinishedCommand): string {
  return `exit ${code}, ${/^[A-Z_]+: .*$/m.exec(err)?.[0]}`;
}

const stays = 'this is not the store that backups went to, or its disk is not mounted.';

test(
  'two nights on a disk, then it is not mounted: the run is refused, and the folder stays empty',
  needs('root', 'loop'),
  async (t) => {
    const { store, mount, unmount, run } = await diskOf(t);
    mount();
    for (let night = 1; night <= 2; night += 1) {
      const { code, err } = await run('backup');
      assert.equal(code, 0, err);
    }
    assert.equal(
      readdirSync(path.join(store, 'sqlite-backups', 'daily')).filter((name) => !name.startsWith('.')).length,
      2,
    );
    unmount();

    const refused = await run('backup');
    assert.equal(
      failureOf(refused),
      `exit 1, STORE_NOT_MOUNTED: The folder ${store} lacks the file ${marker} (it is empty): ${stays}`,
    );
    assert.ok(
      refused.err.includes(`findmnt -T ${store}`) && refused.err.includes('nightshift accept --new-store'),
      refused.err,
    );
    assert.doesNotMatch(refused.out, /Backup (completed|uploaded)/);
    assert.deepEqual(readdirSync(store), []);

    mount();
    assert.equal((await run('backup')).code, 0);
    unmount();
    const accepted = await run('accept', '--new-store');
    assert.equal(accepted.out, `Accepted ${store} as the store. The next backup goes there.\n`);
    assert.equal((await run('backup')).code, 0);
    assert.deepEqual(readdirSync(store).toSorted(), [marker, 'sqlite-backups']);
    mount();
    assert.match(
      failureOf(await run('backup')),
      /^exit 1, STORE_NOT_MOUNTED: The folder .* has the .* of another store/,
    );
  },
);

test('with a new STATE_DIR the marker is taken over from the folder, and one without it is marked', async (t) => {
  const scene = await makeScene(t);
  const store = path.join(scene.folder, 'store');
  const run = () => nightshift(['backup'], scene.environment);
  const forget = () => rmSync(path.join(scene.folder, 'state', 'history.db'));
  const empty = () => {
    rmSync(store, { recursive: true });
    mkdirSync(store);
  };
  assert.equal((await run()).code, 0);
  forget();
  assert.equal((await run()).code, 0);
  empty();
  assert.equal(
    failureOf(await run()),
    `exit 1, STORE_NOT_MOUNTED: The folder ${store} lacks the file ${marker} (it is empty): ${stays}`,
  );

  forget();
  mkdirSync(path.join(store, 'sqlite-backups', 'daily'), { recursive: true });
  writeFileSync(path.join(store, 'sqlite-backups', 'daily', 'shop_2025-11-30_020000.db.gz'), 'by the old script');
  const adopted = await run();
  assert.match(adopted.out, new RegExp(`first use of ${pathToFileURL(store).href}: marked with ${marker}`));
  empty();
  assert.equal(
    failureOf(await run()),
    `exit 1, STORE_NOT_MOUNTED: The folder ${store} lacks the file ${marker} (it is empty): ${stays}`,
  );
});

test('a store folder whose parent is not there is not made', async (t) => {
  const scene = await makeScene(t);
  const disk = path.join(scene.folder, 'disk');
  const environment = { ...scene.environment, BACKUP_STORE: pathToFileURL(path.join(disk, 'backups')).href };
  const message = `There is no folder ${disk} to hold ${disk}/backups: ${stays}`;
  assert.equal(failureOf(await nightshift(['backup'], environment)), `exit 1, STORE_NOT_MOUNTED: ${message}`);
  assert.equal(
    failureOf(await nightshift(['accept', '--new-store'], environment)),
    `exit 1, STORE_NOT_MOUNTED: ${message}`,
  );
  assert.equal(existsSync(disk), false);
  mkdirSync(disk);
  assert.equal((await nightshift(['backup'], environment)).code, 0);
});

test('a marker that somebody wrote over is named, and backups wait', async (t) => {
  const scene = await makeScene(t);
  writeFileSync(path.join(scene.folder, 'store', marker), 'mine');
  const { code, err } = await nightshift(['backup'], scene.environment);
  assert.equal(code, 1);
  assert.match(
    err,
    /^STORE_FAILED: .*store\/\.nightshift-store\.json, the marker of the backup store, is not what nightshift wrote/m,
  );
});

test('accept wants a backup or --new-store, not both and not neither, and a folder', async (t) => {
  const { environment } = await makeScene(t);
  const bucket = { ...environment, BACKUP_STORE: 's3', LINODE_ACCESS_KEY: 'a', LINODE_SECRET_KEY: 'b' };
  const cases = [
    [['accept'], environment, 'Nothing was named to accept.'],
    [['accept', 'shop.db.gz', '--new-store'], environment, 'shop.db.gz and --new-store were given at once.'],
    [['accept', '--new-store'], bucket, '--new-store is for folders, and BACKUP_STORE is s3.'],
  ] as const;
  for (const [args, variables, message] of cases) {
    assert.equal(failureOf(await nightshift(args, variables)), `exit 2, ARGUMENT_INVALID: ${message}`);
  }
});

test('list of a store folder that is not there, or is not the one backups went to, fails; one that is merely empty does not', async (t) => {
  const scene = await makeScene(t);
  const store = path.join(scene.folder, 'store');
  const list = async (...args: string[]) => {
    const finished = await nightshift(['list', ...args], scene.environment);
    return [finished.code === 0 ? `exit 0, ${finished.err}` : failureOf(finished), finished.out];
  };
  const name = pathToFileURL(store).href;
  assert.deepEqual(await list(), [`exit 0, No backups below sqlite-backups/ in ${name}.\n`, '']);
  assert.deepEqual(await list('weekly'), [`exit 0, No weekly backups below sqlite-backups/ in ${name}.\n`, '']);
  rmSync(store, { recursive: true });
  const gone = `exit 1, STORE_NOT_MOUNTED: There is no folder ${store}: ${stays}`;
  assert.deepEqual(await list(), [gone, '']);
  mkdirSync(store);
  assert.equal((await nightshift(['backup'], scene.environment)).code, 0);
  rmSync(store, { recursive: true });
  assert.deepEqual(await list('--json'), [gone, '']);
  mkdirSync(store);
  const empty = `exit 1, STORE_NOT_MOUNTED: The folder ${store} lacks the file ${marker} (it is empty): ${stays}`;
  assert.deepEqual(await list(), [empty, '']);
  assert.match(
    (await nightshift(['restore', 'latest', '--dry-run', '--no-docker'], scene.environment)).err,
    /^OBJECT_MISSING: \S+ holds no backup of shop\.\n {4}What to do: .* or a folder whose disk is mounted\.$/m,
  );
});
