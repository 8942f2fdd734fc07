import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { type Folders, filesFolder, secretsFolder } from './docker-run.ts';
import type { SecretSource, ServiceSpec } from './services.ts';
import { hostScript, type Shell } from './shell.ts';

/** Text of each secret, as far as the stack has it. */
export type SecretTexts = Readonly<Partial<Record<SecretSource, pulumi.Output<string>>>>;

/** Files of a service, by name. */
export type Texts = pulumi.Output<Readonly<Record<string, string>>>;

export function secretsOf(spec: ServiceSpec, texts: SecretTexts): Texts {
  const found = Object.entries(spec.secrets).map(([name, source]) => {
    const text = texts[source];
    if (text === undefined) throw new Error(`${spec.name} wants ${name}, but the stack has no ${source}.`);
    return [name, text] as const;
  });
  return pulumi.secret(pulumi.all(Object.fromEntries(found)));
}

/** Twelve letters that change with the content and say nothing of it: part of a hash over all files together. */
export function contentHash(secrets: Texts, files: Readonly<Record<string, string>>): pulumi.Output<string> {
  return pulumi.unsecret(
    secrets.apply((texts) =>
      createHash('sha256').update(listing(texts)).update(listing(files)).digest('hex').slice(0, 12),
    ),
  );
}

/** Lays secrets and settings on the host, where the services and the `nightshift` command read them. */
export function layFiles(
  spec: ServiceSpec,
  { secrets, folders, suffix, shell }: { secrets: Texts; folders: Folders; suffix: string; shell: Shell },
  options: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const lay = (name: string, folder: string, stdin: pulumi.Input<string>) =>
    hostScript(
      `${spec.name}-${name}${suffix}`,
      { file: 'lay-files.sh', variables: { FOLDER: folder, MODE: '0400' }, stdin, removes: folder },
      shell,
      options,
    );
  const laid: pulumi.Resource[] = [];
  if (Object.keys(spec.secrets).length > 0)
    laid.push(lay('secrets', secretsFolder(folders, spec.name), secrets.apply(listing)));
  if (Object.keys(spec.files).length > 0) laid.push(lay('files', filesFolder(folders, spec.name), listing(spec.files)));
  return laid;
}

/** One line a file: `NAME BASE64`. */
export function listing(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, text]) => `${name} ${base64(text)}\n`)
    .join('');
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
