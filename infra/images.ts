import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as docker from '@pulumi/docker';
import type * as pulumi from '@pulumi/pulumi';
import { Failure } from '../jobs/runtime/errors.ts';
import type { ImageName } from './service-specs.ts';

const root = path.resolve(import.meta.dirname, '..');
const sources = ['jobs/**/*', 'package-lock.json'];

/** A compiled folder and its tag, made from its content. */
export type CompiledImage = { readonly name: ImageName; readonly folder: string; readonly tag: string };

/** The compiled images, compiled again when the sources have changed. Throws IMAGE_NOT_COMPILED. */
export function compiledImages(names: readonly ImageName[], folder = path.join(root, 'dist')): CompiledImage[] {
  const digestFile = path.join(folder, '.sources');
  const digest = digestOf(root, sources);
  const isCurrent = existsSync(digestFile) && readFileSync(digestFile, 'utf8') === digest;
  if (!isCurrent || !names.every((name) => existsSync(path.join(folder, name)))) {
    compile(folder);
    writeFileSync(digestFile, digest);
  }
  return names.map((name) => {
    const context = path.join(folder, name);
    if (!existsSync(context)) throw notCompiled(`\`npm run build\` produced no ${name}.`);
    return { name, folder: context, tag: digestOf(context, ['**/*']).slice(0, 12) };
  });
}

/** The image on the host's engine. Nothing is pushed, so its digest is the image id. */
export function buildImage(
  { name, folder, tag }: CompiledImage,
  { suffix, platform }: { suffix: string; platform: string },
  options: pulumi.CustomResourceOptions,
): docker.Image {
  const build = { context: folder, platform };
  return new docker.Image(`${name}${suffix}`, { imageName: `${name}:${tag}`, build, skipPush: true }, options);
}

function compile(folder: string): void {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'jobs', 'build.ts'), folder], {
    encoding: 'utf8',
  });
  if (status !== 0) throw notCompiled(`The images could not be compiled: ${stderr.trim().split('\n').at(-1)}`);
}

function notCompiled(message: string): Failure {
  return new Failure('IMAGE_NOT_COMPILED', message, 'Run `npm ci`, then `npm run build`, and read its output.');
}

/** A hash of the names and contents of all files that match the patterns. */
function digestOf(folder: string, patterns: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of globSync([...patterns], { cwd: folder }).sort()) {
    const file = path.join(folder, name);
    if (statSync(file).isFile()) hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}
