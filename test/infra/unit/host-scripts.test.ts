import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHostScript, scriptInput } from '../../../infra/host-script.ts';
import { encodeFiles } from '../../../infra/service-files.ts';
import { quoteWords } from '../../../jobs/runtime/shell-quoting.ts';
import { needs } from '../../lab/parts.ts';

const asRoot = { skip: process.getuid?.() !== 0 && 'needs root' };

test('any text survives the shell unchanged', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
        { maxLength: 4 },
      ),
      (list) => {
        const sound = list.map((text) => text.toWellFormed());
        const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${quoteWords(sound)}`], {
          encoding: 'utf8',
        });
        assert.deepEqual(printed.split('\0').slice(0, -1), sound.length === 0 ? [''] : sound);
      },
    ),
    { numRuns: 60 },
  );
});

test('a script gets its variables and its input, and its exit code is the command’s', asRoot, () => {
  const script = 'read -r word; printf "%s|%s" "$A" "$word"; [ "$A" != bad ] || exit 7';
  const run = (A: string) =>
    spawnSync('sh', ['-s'], { input: scriptInput(script, { A }, 'secret\n'), encoding: 'utf8' });
  assert.deepEqual([run("it's $HOME").stdout, run('bad').status], ["it's $HOME|secret", 7]);
});

test('files are readable only by the services, and obsolete ones are deleted', asRoot, () => {
  const base = mkdtempSync(path.join(tmpdir(), 'write-files-'));
  try {
    const folder = path.join(base, 'nightshift', 'secrets', 'sqlite-backup');
    const write = (texts: Record<string, string>) =>
      execFileSync('sh', ['-s'], {
        input: scriptInput(readHostScript('write-files.sh'), { FOLDER: folder, MODE: '0400' }, encodeFiles(texts)),
      });
    write({ A: 'one\nline', B: 'two' });
    write({ A: 'three', C: '' });
    const { mode, uid, gid } = statSync(path.join(folder, 'A'));
    assert.deepEqual(
      [readdirSync(folder), readFileSync(path.join(folder, 'A'), 'utf8'), mode & 0o777, uid, gid],
      [['A', 'C'], 'three', 0o400, 1000, 1000],
    );
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  } finally {
    rmSync(base, { recursive: true });
  }
});

test('a host is prepared only when its disk is mounted', asRoot, () => {
  const base = mkdtempSync(path.join(tmpdir(), 'prepare-'));
  try {
    // A docker command that answers as an engine of that version would.
    const version = path.join(base, 'docker');
    writeFileSync(version, '#!/bin/sh\necho "$FAKE_VERSION"\n', { mode: 0o755 });
    const variables = {
      ENGINE: 'container',
      DOCKER_AS_USER: 'yes',
      DISK: 'mounted',
      MOUNT_POINT: base,
      DATA_FOLDER: `${base}/data`,
      FOLDERS: `${base}/state`,
    };
    const run = (changes: Record<string, string>, fake = '24.0.7') =>
      spawnSync('sh', ['-s'], {
        input: scriptInput(readHostScript('prepare-host.sh'), { ...variables, ...changes }),
        encoding: 'utf8',
        env: { ...process.env, PATH: `${base}:${process.env['PATH']}`, FAKE_VERSION: fake },
      });
    assert.match(run({}).stderr, /^Nothing is mounted at .*: mount the disk/);
    assert.match(run({ DISK: 'none' }).stderr, /^There is no folder .*data: mount the disk.*It is not created/);
    assert.match(run({}, '19.03.8').stderr, /^Docker 19\.03\.8 is too old/);
    assert.deepEqual(readdirSync(base), ['docker']);
    assert.equal(run({ DISK: 'none', DATA_FOLDER: base }).status, 0);
    const { uid, mode } = statSync(`${base}/state`);
    assert.deepEqual([uid, mode & 0o777], [1000, 0o750]);
  } finally {
    rmSync(base, { recursive: true });
  }
});

test('before a container is replaced, those in its network are named, with what makes them anew', needs('root'), () => {
  const base = mkdtempSync(path.join(tmpdir(), 'candidate-'));
  try {
    const ours = 'a1'.repeat(32);
    // A docker command that answers as an engine with these containers would.
    const command = `#!/bin/sh
case "$*" in
  *label=nightshift.service=*|*name=^*) echo ${ours} ;;
  'ps -aq') printf 'one\\ntwo\\n' ;;
  *HostConfig*)
    echo 'container:${ours}||private|/proxy|proxy|/srv/shop'
    echo 'default|container:${ours}|private|/debugger||'
    echo 'container:${'b2'.repeat(32)}||private|/elsewhere||'
    echo 'bridge||private|/sqlite-backup||' ;;
  *nightshift.rollback*) echo 'sqlite-backup/' ;;
esac
`;
    writeFileSync(path.join(base, 'docker'), command, { mode: 0o755 });
    const names = { NAME: 'sqlite-backup', IMAGE: 'sha256:1', OPTIONS: '', CHECK: 'check', REPLACE: 'false' };
    const input = scriptInput(readHostScript('check-candidate.sh'), { ...names, STOP_SECONDS: '1', CONTENT: '' });
    const env = { ...process.env, PATH: `${base}:${process.env['PATH']}` };
    const { status, stderr } = spawnSync('sh', ['-s'], { input, encoding: 'utf8', env });
    assert.deepEqual(
      { status, stderr },
      {
        status: 0,
        stderr: `These containers share the network, processes or IPC of sqlite-backup, which this update replaces. They are cut off then, and a restart fails (No such container). Whoever made them must make them anew afterwards:
proxy (in /srv/shop: docker compose up -d --force-recreate proxy)
debugger
`,
      },
    );
  } finally {
    rmSync(base, { recursive: true });
  }
});
