import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { changelogSections } from '../../.github/scripts/changelog.ts';
import { releaseOf } from '../../.github/scripts/release.ts';

const changelog = `# Changelog

What a number means.

## 1.1.0 (2026-12-24)

- Backups of the moon.
  In two lines.

### Fixes

- One.

## 1.0.0 (2026-11-28)

- All of it.
`;

const sources = { tag: 'v1.1.0', packageVersion: '1.1.0', changelog };

test('a changelog in sections, each as it is written', () => {
  assert.deepEqual(changelogSections(changelog), [
    {
      version: '1.1.0',
      note: '2026-12-24',
      text: '- Backups of the moon.\n  In two lines.\n\n### Fixes\n\n- One.',
    },
    { version: '1.0.0', note: '2026-11-28', text: '- All of it.' },
  ]);
  assert.deepEqual(changelogSections('# Changelog\n'), []);
  assert.deepEqual(changelogSections('## 2.0.0\n'), [{ version: '2.0.0', note: '', text: '' }]);
});

test('a release whose tag, package and changelog agree', () => {
  assert.deepEqual(releaseOf(sources), {
    tag: 'v1.1.0',
    version: '1.1.0',
    isPrerelease: false,
    notes: '- Backups of the moon.\n  In two lines.\n\n### Fixes\n\n- One.',
  });
});

test('a version with a suffix is a prerelease', () => {
  const tried = releaseOf({
    tag: 'v1.2.0-rc.1',
    packageVersion: '1.2.0-rc.1',
    changelog: '## 1.2.0-rc.1 (2027-01-01)\n- New.\n',
  });
  assert.deepEqual([tried.version, tried.isPrerelease], ['1.2.0-rc.1', true]);
});

const disagreements: readonly [string, Partial<typeof sources>, RegExp][] = [
  ['a tag that is no version', { tag: 'latest' }, /"latest" is not a version such as v1\.2\.3/],
  ['a tag without the v', { tag: '1.1.0' }, /"1\.1\.0" is not a version/],
  ['no tag', { tag: '' }, /"" is not a version/],
  [
    'another version in package.json',
    { packageVersion: '1.0.0' },
    /tag is v1\.1\.0, but package\.json has version 1\.0\.0/,
  ],
  ['an older newest section', { tag: 'v1.2.0', packageVersion: '1.2.0' }, /CHANGELOG\.md begins with 1\.1\.0/],
  ['a changelog without sections', { changelog: '# Changelog\n' }, /CHANGELOG\.md begins with no version/],
  ['a section that is not dated', { changelog: '## 1.1.0 (unreleased)\n- New.\n' }, /no date for 1\.1\.0/],
  ['an empty section', { changelog: '## 1.1.0 (2026-12-24)\n\n## 1.0.0 (2026-11-28)\n- A.\n' }, /1\.1\.0 .*is empty/],
];

for (const [name, changed, expected] of disagreements) {
  test(`no release: ${name}`, () => {
    assert.throws(() => releaseOf({ ...sources, ...changed }), { message: expected });
  });
}

test('the newest section of CHANGELOG.md is the version that is being worked on, or was just released', () => {
  const [newest] = changelogSections(readFileSync('CHANGELOG.md', 'utf8'));
  assert.equal(newest?.version, JSON.parse(readFileSync('package.json', 'utf8')).version);
  assert.match(newest?.note ?? '', /^(unreleased|\d{4}-\d\d-\d\d)$/);
  assert.notEqual(newest?.text, '');
});
