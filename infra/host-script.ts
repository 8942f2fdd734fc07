import { readFileSync } from 'node:fs';
import path from 'node:path';
import { local, remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { quoteWord } from '../jobs/runtime/shell-quoting.ts';

/** Where scripts run: on the host over SSH, or on this machine, whose Docker engine it is. */
export type ScriptTarget =
  | { readonly kind: 'ssh'; readonly connection: pulumi.Input<SshConnection> }
  | { readonly kind: 'local'; readonly dockerHost: string | null };

type SshConnection = pulumi.Unwrap<remote.CommandArgs['connection']>;

export type ScriptOptions = {
  /** File name in infra/host-scripts. */
  readonly file: string;
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secrets are passed here: never as arguments. */
  readonly stdin?: pulumi.Input<string>;
  /** Whether what it writes to stderr is shown when it succeeds, too. */
  readonly showsWarnings?: true;
  /** A file or folder of the host that is deleted with this resource. */
  readonly removes?: string;
};

/** A script of infra/host-scripts, run as root; it runs again when the script, its variables or its input change. */
export function runHostScript(
  name: string,
  script: ScriptOptions,
  target: ScriptTarget,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const text = readHostScript(script.file);
  const create = pulumi.all(script.variables).apply((variables) => scriptCommand(text, variables));
  const removal =
    script.removes === undefined ? {} : { delete: scriptCommand('rm -rf -- "$REMOVED"', { REMOVED: script.removes }) };
  const args = { create, ...removal, ...(script.stdin === undefined ? {} : { stdin: pulumi.secret(script.stdin) }) };
  const logging = script.showsWarnings ? 'stderr' : 'none';
  if (target.kind === 'ssh') {
    return new remote.Command(name, { connection: target.connection, logging, ...args }, options);
  }
  const environment: Record<string, string> = target.dockerHost === null ? {} : { DOCKER_HOST: target.dockerHost };
  return new local.Command(name, { environment, logging, ...args }, options);
}

/** Text of a script of infra/host-scripts; a line `@other.sh@` in it is the text of that one. */
export function readHostScript(file: string): string {
  const text = readFileSync(path.join(import.meta.dirname, 'host-scripts', file), 'utf8');
  return text.replaceAll(/^@([a-z-]+\.sh)@\n/gm, (_, part: string) => readHostScript(part));
}

/**
 * One command line that runs the script as root with its variables. They are part of the line because an SSH server
 * accepts only the environment variables that it is configured for.
 */
export function scriptCommand(script: string, variables: Readonly<Record<string, string>>): string {
  const words = Object.entries(variables).map(([name, value]) => `${name}=${quoteWord(value)}`);
  const sudo = '$(test "$(id -u)" = 0 || echo sudo -n --preserve-env=DOCKER_HOST)';
  return `${sudo} env ${words.join(' ')} sh -euc ${quoteWord(script)}`;
}
