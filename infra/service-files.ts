import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import type { Folders } from './deployment.ts';
import { runHostScript, type ScriptTarget } from './host-script.ts';
import { filesFolder, secretsFolder } from './resolved-spec.ts';
import type { SecretSource, ServiceSpec } from './service-specs.ts';

/** The value of each secret that the stack has. */
export type SecretValues = Readonly<Partial<Record<SecretSource, pulumi.Output<string>>>>;

/** File name to content. */
export type FileContents = pulumi.Output<Readonly<Record<string, string>>>;

/** The service's secrets, by the name of their file. Throws when the stack has no value for one of them. */
export function secretsOf(spec: ServiceSpec, values: SecretValues): FileContents {
  const contents = Object.entries(spec.secrets).map(([name, source]) => {
    const value = values[source];
    if (value === undefined) throw new Error(`${spec.name} needs ${name}, but the stack has no ${source}.`);
    return [name, value] as const;
  });
  return pulumi.secret(pulumi.all(Object.fromEntries(contents)));
}

/** Twelve hex digits that change with the content and reveal nothing of it: part of one hash over all files. */
export function contentHash(secrets: FileContents, files: Readonly<Record<string, string>>): pulumi.Output<string> {
  return pulumi.unsecret(
    secrets.apply((contents) =>
      createHash('sha256').update(encodeFiles(contents)).update(encodeFiles(files)).digest('hex').slice(0, 12),
    ),
  );
}

type WriteFilesDeps = {
  readonly secrets: FileContents;
  readonly folders: Folders;
  readonly suffix: string;
  readonly target: ScriptTarget;
};

/** Writes secrets and settings to the host, where the services and the `nightshift` command read them. */
export function writeFiles(
  spec: ServiceSpec,
  { secrets, folders, suffix, target }: WriteFilesDeps,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const write = (name: string, folder: string, lines: pulumi.Input<string>) =>
    writeFolder(`${spec.name}-${name}${suffix}`, folder, lines, target, options);
  const written: pulumi.Resource[] = [];
  if (Object.keys(spec.secrets).length > 0)
    written.push(write('secrets', secretsFolder(folders, spec.name), secrets.apply(encodeFiles)));
  if (Object.keys(spec.files).length > 0)
    written.push(write('files', filesFolder(folders, spec.name), encodeFiles(spec.files)));
  return written;
}

/** Makes a folder of the host contain exactly these files (`lines`: as encodeFiles gives them), readable by the services only. */
export function writeFolder(
  name: string,
  folder: string,
  lines: pulumi.Input<string>,
  target: ScriptTarget,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const variables = { FOLDER: folder, MODE: '0400' };
  return runHostScript(name, { file: 'write-files.sh', variables, stdin: lines, removes: folder }, target, options);
}

/** What write-files.sh reads: one line per file, `NAME BASE64`. */
export function encodeFiles(contents: Readonly<Record<string, string>>): string {
  return Object.entries(contents)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, content]) => `${name} ${base64(content)}\n`)
    .join('');
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
