import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { docker } from './docker-scene.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

/** Builds the backup image under a name of its own, and returns that. */
export async function buildImage(): Promise<string> {
  const { backup } = await buildImages(['sqlite-backup']);
  return backup;
}

/** The same with the image of the summary. */
export async function buildImages(images: readonly ('sqlite-backup' | 'backend-dailysummary')[]) {
  const suffix = randomBytes(4).toString('hex');
  const names = { backup: `restore-image-${suffix}`, summary: `restore-summary-image-${suffix}` };
  const built = mkdtempSync(path.join(tmpdir(), 'restore-image-'));
  execFileSync(process.execPath, [path.join(root, 'jobs', 'build.ts'), built]);
  for (const image of images) {
    const name = image === 'sqlite-backup' ? names.backup : names.summary;
    await docker('build', '-q', '-t', name, path.join(built, image));
  }
  rmSync(built, { recursive: true });
  return names;
}
