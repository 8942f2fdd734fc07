import { readRelease } from './release.ts';

// `node .github/scripts/release-notes.ts v1.2.3` prints that version's section of CHANGELOG.md. Exit code 1 and the reason on
// standard error when tag, package.json and CHANGELOG.md disagree.
try {
  console.log(readRelease(process.argv[2] ?? '').notes);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
