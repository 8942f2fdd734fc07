import { spawnSync } from 'node:child_process';
import { imageNames, publishArguments } from './images.ts';
import { type Release, readRelease } from './release.ts';

// `node .github/scripts/publish.ts v1.2.3 OWNER/NAME`, after `npm run build`: publishes both images, then the release. Needs
// `docker buildx` logged in to ghcr.io, and `gh`. The release comes last, so that one that is seen has its images.
const [tag = '', repository = ''] = process.argv.slice(2);
try {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new Error('usage: publish.ts TAG OWNER/NAME');
  const release = readRelease(tag);
  for (const image of imageNames) run('docker', publishArguments(image, repository, release));
  run('gh', releaseArguments(repository, release), release.notes);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function releaseArguments(repository: string, release: Release): string[] {
  const kind = release.isPrerelease ? ['--prerelease'] : [];
  const title = `nightshift ${release.version}`;
  return ['release', 'create', release.tag, '--repo', repository, '--verify-tag', ...kind, '--title', title, '-F', '-'];
}

function run(program: string, args: readonly string[], input = ''): void {
  const { status, error } = spawnSync(program, args, { input, stdio: ['pipe', 'inherit', 'inherit'] });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`\`${program} ${args.slice(0, 2).join(' ')}\` failed with exit code ${status}.`);
}
