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
  const shellInput = pulumi
    .all([pulumi.all(script.variables), script.stdin ?? null])
    .apply(([variables, input]) => scriptInput(text, variables, input));
  const args = {
    create: scriptCommand(script.file),
    stdin: script.stdin === undefined ? shellInput : pulumi.secret(shellInput),
    ...(script.removes === undefined ? {} : { delete: `${asRoot} rm -rf -- ${quoteWord(script.removes)}` }),
    // An SSH server does not take these variables.
    addPreviousOutputInEnv: false,
    logging: script.showsWarnings ? ('stderr' as const) : ('none' as const),
  };
  if (target.kind === 'ssh') {
    return new remote.Command(name, { connection: target.connection, ...args }, options);
  }
  const environment: Record<string, string> = target.dockerHost === null ? {} : { DOCKER_HOST: target.dockerHost };
  return new local.Command(name, { environment, ...args }, options);
}

/** Text of a script of infra/host-scripts; a line `@other.sh@` in it is the text of that one. */
export function readHostScript(file: string): string {
  const text = readFileSync(path.join(import.meta.dirname, 'host-scripts', file), 'utf8');
  return text.replaceAll(/^@([a-z-]+\.sh)@\n/gm, (_, part: string) => readHostScript(part));
}

const asRoot = '$(test "$(id -u)" = 0 || echo sudo -n)';

/**
 * The command line of a script: a shell that reads `scriptInput`. Short, because the provider prints the whole line
 * before what the script itself says.
 */
function scriptCommand(file: string): string {
  return `sh -s ${path.basename(file, '.sh')}`;
}

/**
 * What that shell reads: the script, run as root with its variables, and its own input, if any. Not the environment: an
 * SSH server accepts only the variables that it is configured for.
 */
export function scriptInput(
  script: string,
  variables: Readonly<Record<string, string>>,
  input: string | null = null,
): string {
  const words = Object.entries(variables).map(([name, value]) => `${name}=${quoteWord(value)}`);
  const run = `$root env ${words.join(' ')} sh -euc ${quoteWord(script)}`;
  const last = input === null ? `${run} </dev/null` : `printf %s ${quoteWord(input)} | ${run}`;
  return `${readHostScript('as-root.sh')}${last}\n`;
}
