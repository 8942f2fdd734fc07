import { readFileSync } from 'node:fs';
import path from 'node:path';
import { local, remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { quote } from './docker-run.ts';

/** Where a script runs: on the host over SSH, or here, where the engine is. */
export type Shell =
  | { readonly kind: 'ssh'; readonly connection: pulumi.Input<remoteConnection> }
  | { readonly kind: 'here'; readonly dockerHost: string | null };

type remoteConnection = pulumi.Unwrap<remote.CommandArgs['connection']>;

export type Script = {
  /** File name below infra/scripts. */
  readonly file: string;
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secrets go this way: never among arguments. */
  readonly stdin?: pulumi.Input<string>;
  /** What of the host's goes when the stack has it no longer: one file or folder. */
  readonly removes?: string;
};

/** A script of ours on the host, as root; it runs again when it, its variables or its input change. */
export function hostScript(
  name: string,
  script: Script,
  shell: Shell,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const create = pulumi.all(script.variables).apply((variables) => commandOf(scriptText(script.file), variables));
  const removal =
    script.removes === undefined ? {} : { delete: commandOf('rm -rf -- "$WHAT"', { WHAT: script.removes }) };
  const args = { create, ...removal, ...(script.stdin === undefined ? {} : { stdin: pulumi.secret(script.stdin) }) };
  if (shell.kind === 'ssh') {
    return new remote.Command(name, { connection: shell.connection, logging: 'none', ...args }, options);
  }
  const environment: Record<string, string> = shell.dockerHost === null ? {} : { DOCKER_HOST: shell.dockerHost };
  return new local.Command(name, { environment, logging: 'none', ...args }, options);
}

/** Text of a script of infra/scripts. */
export function scriptText(file: string): string {
  return readFileSync(path.join(import.meta.dirname, 'scripts', file), 'utf8');
}

/**
 * One command line that runs the script as root with its variables. They stand in the line: an SSH server takes no
 * variables it was not told to.
 */
export function commandOf(script: string, variables: Readonly<Record<string, string>>): string {
  const words = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  const sudo = '$(test "$(id -u)" = 0 || echo sudo -n --preserve-env=DOCKER_HOST)';
  return `${sudo} env ${words.join(' ')} sh -euc ${quote(script)}`;
}
