import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ImageArgs, RemoteImageArgs } from '@pulumi/docker';
import type { Unwrap } from '@pulumi/pulumi';
import { hasUnknown, type InputNames, type ResourceType } from '../resource.ts';
import { engine, nullIfAbsent } from './engine.ts';

type Build = {
  context: string;
  dockerfile?: string;
  args?: Record<string, string>;
  target?: string;
  platform?: string;
};

/**
 * `docker:index/image:Image`, built on the engine and not pushed: its digest is the image's id. As the real one it builds
 * again when the files of its context change, sees no drift, and cleans nothing up.
 */
export const image: ResourceType = {
  replaces: { imageName: true } satisfies InputNames<ImageArgs>,
  updates: {
    build: {
      context: true,
      dockerfile: true,
      args: true,
      target: true,
      platform: true,
      builderVersion: true,
      contextDigest: true,
    },
    buildOnPreview: true,
    skipPush: true,
  } satisfies InputNames<ImageArgs>,
  deleteBeforeReplace: false,
  async check(inputs) {
    const { build } = inputs as Unwrap<ImageArgs>;
    if (!build?.context || hasUnknown(build)) return inputs;
    return { ...inputs, build: { ...build, contextDigest: await digestOf(build.context) } };
  },
  async create(values) {
    return builtImage(values as Unwrap<ImageArgs>);
  },
  async read(_id, state) {
    return state;
  },
  async update(_id, _before, values) {
    return (await builtImage(values as Unwrap<ImageArgs>)).read;
  },
  async remove() {},
};

/** `docker:index/remoteImage:RemoteImage`: the real provider pulls it; here the engine must have it, or it is built. */
export const remoteImage: ResourceType = {
  replaces: {
    name: true,
    build: { context: true, dockerfile: true, buildArgs: true, platform: true, tags: true },
    triggers: true,
    pullTriggers: true,
  } satisfies InputNames<RemoteImageArgs>,
  updates: { keepLocally: true, forceRemove: true } satisfies InputNames<RemoteImageArgs>,
  deleteBeforeReplace: true,
  async create(values) {
    const { name, build } = values as Unwrap<RemoteImageArgs>;
    if (build) await buildImage(name, { ...build, args: build.buildArgs });
    const { Id } = await engine.getImage(name).inspect();
    return { id: `${Id}${name}`, read: { imageId: Id, repoDigest: Id } };
  },
  async read(_id, state) {
    const found = await nullIfAbsent(engine.getImage(String(state['name'])).inspect());
    return found && { imageId: found.Id, repoDigest: found.Id };
  },
  async update(_id, before) {
    return before;
  },
  async remove(_id, state) {
    const { name, keepLocally, forceRemove } = state as Unwrap<RemoteImageArgs>;
    if (!keepLocally) await nullIfAbsent(engine.getImage(name).remove({ force: forceRemove ?? false }));
  },
};

async function builtImage({ imageName, build, skipPush }: Unwrap<ImageArgs>) {
  if (!build?.context) throw new Error(`The image ${imageName} has no build context.`);
  if (!skipPush) throw new Error(`The stand-in pushes no image: ${imageName} needs skipPush.`);
  await buildImage(imageName, { ...build, context: build.context });
  const { Id } = await engine.getImage(imageName).inspect();
  return { id: imageName, read: { repoDigest: Id, baseImageName: imageName.replace(/:[^:/]*$/, '') } };
}

async function buildImage(name: string, { context, dockerfile, args = {}, target, platform }: Build): Promise<void> {
  const options = [
    ...(dockerfile ? ['-f', dockerfile] : []),
    ...(target ? ['--target', target] : []),
    ...(platform ? ['--platform', platform] : []),
    ...Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
  ];
  const env = { ...process.env, DOCKER_HOST: process.env['LAB_DOCKER_HOST'] };
  await promisify(execFile)('docker', ['build', '-q', '-t', name, ...options, context], { env });
}

/** Names and contents of all files below the folder. */
async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder, { recursive: true })).toSorted()) {
    const file = path.join(folder, name);
    if ((await stat(file)).isFile()) hash.update(`${name}\0`).update(await readFile(file));
  }
  return hash.digest('hex');
}
