import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { imageTags } from '../../.github/scripts/images.ts';
import { compileCache } from '../compile-cache.ts';

const scripts = path.resolve(import.meta.dirname, '..', '..', '.github', 'scripts');
const release = { tag: 'v1.1.0', version: '1.1.0', isPrerelease: false, notes: '- New.' };

/** Runs a script in a checkout of version 1.1.0, with a `docker` and a `gh` that only write down how they were called. */
function runScript(t: test.TestContext, script: string, args: readonly string[], dockerExitCode = 0) {
  const folder = mkdtempSync(path.join(tmpdir(), 'release-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const calls = path.join(folder, 'calls');
  writeFileSync(path.join(folder, 'package.json'), '{ "version": "1.1.0" }');
  writeFileSync(path.join(folder, 'CHANGELOG.md'), '# Changelog\n\n## 1.1.0 (2026-12-24)\n\n- New.\n');
  writeFileSync(calls, '');
  for (const [program, exitCode] of [
    ['docker', dockerExitCode],
    ['gh', 0],
  ] as const) {
    const text = `#!/bin/sh\necho "${program} $*" >>'${calls}'\ncat >>'${calls}'\nexit ${exitCode}\n`;
    writeFileSync(path.join(folder, program), text, { mode: 0o755 });
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(scripts, script), ...args], {
    cwd: folder,
    env: { ...compileCache, PATH: `${folder}:${process.env['PATH']}` },
    encoding: 'utf8',
  });
  return { status, stdout, stderr, calls: readFileSync(calls, 'utf8').trimEnd().split('\n') };
}

test('release-notes.ts prints the section of the tag', (t) => {
  const { status, stdout } = runScript(t, 'release-notes.ts', ['v1.1.0']);
  assert.deepEqual([status, stdout], [0, '- New.\n']);
});

test('release-notes.ts fails, and says why, when tag and checkout disagree', (t) => {
  const { status, stdout, stderr } = runScript(t, 'release-notes.ts', ['v1.0.0']);
  assert.deepEqual([status, stdout], [1, '']);
  assert.equal(stderr, 'The tag is v1.0.0, but package.json has version 1.1.0: change one of them.\n');
});

test('publish.ts publishes both images for both platforms, then the release with its notes', (t) => {
  const { status, stderr, calls } = runScript(t, 'publish.ts', ['v1.1.0', 'Zygy/nightshift']);
  assert.equal(status, 0, stderr);
  const build = (image: string) =>
    'docker buildx build --push --platform linux/amd64,linux/arm64 ' +
    '--label org.opencontainers.image.source=https://github.com/Zygy/nightshift ' +
    '--label org.opencontainers.image.version=1.1.0 --label org.opencontainers.image.licenses=MIT ' +
    `--tag ghcr.io/zygy/${image}:1.1.0 --tag ghcr.io/zygy/${image}:1.1 --tag ghcr.io/zygy/${image}:1 ` +
    `--tag ghcr.io/zygy/${image}:latest dist/${image}`;
  assert.deepEqual(calls, [
    build('sqlite-backup'),
    build('backend-dailysummary'),
    'gh release create v1.1.0 --repo Zygy/nightshift --verify-tag --title nightshift 1.1.0 -F -',
    '- New.',
  ]);
});

test('publish.ts makes no release when an image could not be published', (t) => {
  const { status, stderr, calls } = runScript(t, 'publish.ts', ['v1.1.0', 'zygy/nightshift'], 7);
  assert.equal(status, 1);
  assert.equal(stderr, '`docker buildx build` failed with exit code 7.\n');
  assert.equal(calls.length, 1);
});

test('publish.ts does nothing for a tag that disagrees, or without a repository', (t) => {
  for (const args of [['v1.0.0', 'zygy/nightshift'], ['v1.1.0'], ['v1.1.0', 'zygy']]) {
    const { status, calls } = runScript(t, 'publish.ts', args);
    assert.deepEqual([status, calls], [1, ['']]);
  }
});

test('a prerelease never becomes the latest image', () => {
  assert.deepEqual(
    imageTags('sqlite-backup', 'zygy/nightshift', { ...release, version: '2.0.0-rc.1', isPrerelease: true }),
    ['ghcr.io/zygy/sqlite-backup:2.0.0-rc.1'],
  );
});
