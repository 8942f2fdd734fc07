import type { ImageName } from '../../infra/service-specs.ts';
import type { Release } from './release.ts';

/** Folders below dist/ that `npm run build` makes, each an image. */
export const imageNames: readonly ImageName[] = ['sqlite-backup', 'backend-dailysummary'];

/**
 * The names under which an image is published at ghcr.io: its version, and for a final one also minor, major and `latest`.
 * `repository`: `owner/name` as GitHub has it; a registry takes lower case alone.
 */
export function imageTags(image: ImageName, repository: string, { version, isPrerelease }: Release): string[] {
  const [owner = ''] = repository.toLowerCase().split('/');
  const [major = '', minor = ''] = version.split('.');
  const tags = isPrerelease ? [version] : [version, `${major}.${minor}`, major, 'latest'];
  return tags.map((tag) => `ghcr.io/${owner}/${image}:${tag}`);
}

/** Arguments of `docker` that build an image for both platforms and publish it under all its names. */
export function publishArguments(image: ImageName, repository: string, release: Release): string[] {
  const labels = {
    'org.opencontainers.image.source': `https://github.com/${repository}`,
    'org.opencontainers.image.version': release.version,
    'org.opencontainers.image.licenses': 'MIT',
  };
  return [
    ...['buildx', 'build', '--push', '--platform', 'linux/amd64,linux/arm64'],
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...imageTags(image, repository, release).flatMap((tag) => ['--tag', tag]),
    `dist/${image}`,
  ];
}
