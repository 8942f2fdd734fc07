import path from 'node:path';
import { type HostEnvironment, isWithin } from '../../usage/host-environment.ts';
import type { DockerMount } from './docker-engine.ts';

/** Where a folder of this container is on the host, through the mounts that Docker knows; empty: on no such mount. */
export function hostPathsOf(folder: string, mounts: readonly DockerMount[]): string[] {
  const above = mounts
    .map(({ sources, destination }) => ({ sources, destination: path.resolve(destination) }))
    .filter(({ destination }) => isWithin(folder, destination));
  const [deepest] = above.toSorted((a, b) => b.destination.length - a.destination.length);
  if (deepest === undefined) return [];
  return deepest.sources.map((source) => path.join(source, path.relative(deepest.destination, folder)));
}

/** The path and every folder above it. */
export function withFoldersAbove(file: string): string[] {
  const parent = path.dirname(file);
  return parent === file ? [file] : [file, ...withFoldersAbove(parent)];
}

/**
 * The paths below another container's mount at which the folder may be found when that mount shows it, or a folder above it,
 * under another name: every end of its path on the host, and of its path within its file system.
 */
export function possiblePathSuffixes(hostPaths: readonly string[], { mount, folder }: HostEnvironment): string[] {
  const withinFileSystem = mount === null ? [] : [path.join(mount.root, path.relative(mount.mountPoint, folder))];
  const rests = [...hostPaths, ...withinFileSystem].flatMap((whole) => {
    const names = whole.split('/').filter((name) => name !== '');
    return names.map((_, index) => names.slice(index).join('/'));
  });
  return ['', ...new Set(rests)].toSorted((a, b) => a.length - b.length);
}
