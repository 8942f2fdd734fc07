import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { docker } from './docker-scene.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

/** Builds the backup image under a name of its own, and returns that. */
export async function buildImage(): Promise<string> {
  const name = `restore-image-${randomBytes(4).toString('hex')}`;
  const built = mkdtempSync(path.join(tmpdir(), 'restore-image-'));
  execFileSync(process.execPath, [path.join(root, 'jobs', 'build.ts'), built]);
  await docker('build', '-q', '-t', name, path.join(built, 'sqlite-backup'));
  rmSync(built, { recursive: true });
  return name;
}
