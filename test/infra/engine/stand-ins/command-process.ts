import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { CommandArgs as LocalArgs } from '@pulumi/command/local/index.js';
import type { CommandArgs, CopyToRemoteArgs } from '@pulumi/command/remote/index.js';
import type { Unwrap } from '@pulumi/pulumi';
import { type InputNames, type PropertyValues, type ResourceType, standInFor } from './resource.ts';
import { serve } from './serve.ts';
import { runOverSsh, type SshConnectionArgs } from './ssh.ts';

// The `command` stand-in: runs the program's commands, locally or over SSH on the program's host. Prints its port.
type CommandRun = (
  inputs: PropertyValues,
  command: string,
  before: PropertyValues | null,
) => Promise<{ stdout: string; stderr: string }>;

/** As pulumi-command: new triggers replace, anything else runs `update`, or `create` where there is none. */
function commandOf(
  names: Omit<ResourceType, 'create' | 'read' | 'remove' | 'update' | 'deleteBeforeReplace'>,
  run: CommandRun,
): ResourceType {
  let count = 0;
  return {
    ...names,
    deleteBeforeReplace: false,
    async create(inputs) {
      const command = String(inputs['create'] ?? '');
      count += 1;
      const id = `command-${process.pid}-${count}`;
      return { id, read: command === '' ? { stdout: '', stderr: '' } : await run(inputs, command, null) };
    },
    read: async (_id, state) => state,
    async update(_id, before, after) {
      return run(after, String(after['update'] ?? after['create'] ?? ':'), before);
    },
    async remove(_id, state) {
      if (state['delete']) await run(state, String(state['delete']), state);
    },
  };
}

const connection = {
  host: true,
  port: true,
  user: true,
  privateKey: true,
  hostKey: true,
  agentSocketPath: true,
  dialErrorLimit: true,
  perDialTimeout: true,
};

const remoteCommand = commandOf(
  {
    replaces: { triggers: true } satisfies InputNames<CommandArgs>,
    updates: {
      connection,
      create: true,
      update: true,
      delete: true,
      stdin: true,
      environment: true,
      logging: true,
      addPreviousOutputInEnv: true,
    } satisfies InputNames<CommandArgs>,
  },
  (inputs, command, before) =>
    runOverSsh(inputs['connection'] as SshConnectionArgs, command, {
      stdin: String(inputs['stdin'] ?? ''),
      environment: { ...previous(inputs, before), ...(inputs['environment'] as Record<string, string> | undefined) },
    }),
);

const localCommand = commandOf(
  {
    replaces: { triggers: true } satisfies InputNames<LocalArgs>,
    updates: {
      create: true,
      update: true,
      delete: true,
      stdin: true,
      environment: true,
      dir: true,
      interpreter: true,
      logging: true,
      addPreviousOutputInEnv: true,
    } satisfies InputNames<LocalArgs>,
  },
  async (inputs, command, before) => {
    const { dir, interpreter = ['/bin/sh', '-c'], environment, stdin = '' } = inputs as Unwrap<LocalArgs>;
    const [program = '/bin/sh', ...options] = interpreter;
    const env = { ...process.env, ...previous(inputs, before), ...environment };
    const child = spawn(program, [...options, command], { cwd: dir, env, stdio: 'pipe' });
    child.stdin.end(stdin);
    const ended = Promise.withResolvers<number | null>();
    child.on('close', ended.resolve);
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended.promise]);
    if (code !== 0) throw new Error(`exit status ${code}: running ${JSON.stringify(command)}:\n${stderr}${stdout}`);
    return { stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
  },
);

const copyToRemote: ResourceType = {
  replaces: { triggers: true } satisfies InputNames<CopyToRemoteArgs>,
  updates: { connection, source: true, remotePath: true } satisfies InputNames<CopyToRemoteArgs>,
  deleteBeforeReplace: true,
  async create(inputs) {
    await copy(inputs);
    return { id: `copy-${String(inputs['remotePath'])}`, read: {} };
  },
  read: async (_id, state) => state,
  async update(_id, _before, after) {
    await copy(after);
    return {};
  },
  async remove() {},
};

await serve(
  standInFor({
    version: '1.2.1',
    config: {},
    types: {
      'command:remote:Command': remoteCommand,
      'command:local:Command': localCommand,
      'command:remote:CopyToRemote': copyToRemote,
    },
  }),
);

function previous(inputs: PropertyValues, before: PropertyValues | null): Record<string, string> {
  if (!before || inputs['addPreviousOutputInEnv'] === false) return {};
  const output = (name: string) => String(before[name] ?? '');
  return { PULUMI_COMMAND_STDOUT: output('stdout'), PULUMI_COMMAND_STDERR: output('stderr') };
}

/** One file: a string asset, or a file asset. */
async function copy(inputs: PropertyValues): Promise<void> {
  const {
    connection: to,
    source,
    remotePath,
  } = inputs as { connection: SshConnectionArgs; source: PropertyValues; remotePath: string };
  const content = source['text'] ?? (source['path'] ? await readFile(String(source['path']), 'utf8') : null);
  if (typeof content !== 'string') throw new Error('The stand-in copies single files only.');
  await runOverSsh(to, `cat > '${remotePath}'`, { stdin: content });
}
