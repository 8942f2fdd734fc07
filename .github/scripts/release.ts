import { readFileSync } from 'node:fs';
import { changelogSections } from './changelog.ts';

/** What a release is made from: the tag, and the files of the checkout that must agree with it. */
export type ReleaseSources = {
  readonly tag: string;
  /** `version` of package.json. */
  readonly packageVersion: string;
  readonly changelog: string;
};

/** `isPrerelease`: the version has a suffix, as in 1.2.0-rc.1. `notes`: Markdown. */
export type Release = {
  readonly tag: string;
  readonly version: string;
  readonly isPrerelease: boolean;
  readonly notes: string;
};

const tagPattern = /^v(\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?)$/;

/** The release of a tag. Throws an Error that says what disagrees: tag, package.json or CHANGELOG.md. */
export function releaseOf({ tag, packageVersion, changelog }: ReleaseSources): Release {
  const [, version, suffix] = tagPattern.exec(tag) ?? [];
  if (version === undefined) throw new Error(`The tag "${tag}" is not a version such as v1.2.3.`);
  if (version !== packageVersion)
    throw new Error(`The tag is ${tag}, but package.json has version ${packageVersion}: change one of them.`);
  const [newest] = changelogSections(changelog);
  if (newest?.version !== version)
    throw new Error(`The tag is ${tag}, but CHANGELOG.md begins with ${newest?.version || 'no version'}.`);
  if (!/^\d{4}-\d\d-\d\d$/.test(newest.note))
    throw new Error(`CHANGELOG.md has no date for ${version}: write "## ${version} (YYYY-MM-DD)".`);
  if (newest.text === '') throw new Error(`The section of ${version} in CHANGELOG.md is empty.`);
  return { tag, version, isPrerelease: suffix !== undefined, notes: newest.text };
}

/** The same, with package.json and CHANGELOG.md of the current folder. */
export function readRelease(tag: string): Release {
  const packageVersion = String(JSON.parse(readFileSync('package.json', 'utf8')).version);
  return releaseOf({ tag, packageVersion, changelog: readFileSync('CHANGELOG.md', 'utf8') });
}
