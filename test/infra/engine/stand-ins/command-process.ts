import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { CommandArgs as LocalArgs } from '@pulumi/command/local/index.js';
import type { CommandArgs, CopyToRemoteArgs } from '@pulumi/command/remote/index.js';
import type { Unwrap } from '@pulumi/pulumi';
import { type Names, type ResourceType, standInFor, type Values } from './resource.ts';
import { serve } from './serve.ts';
import { type Connection, overSsh } from './ssh.ts';

// The `command` stand-in: runs what the program asks, here or over SSH on the host the program names. Prints its port.
type Run = (inputs: Values, command: string, before: Values | null) => Promise<{ stdout: string; stderr: string }>;

/** As pulumi-command: new triggers replace, anything else runs `update`, or `create` where there is none. */
function commandOf(
  names: Omit<ResourceType, 'create' | 'read' | 'remove' | 'update' | 'deleteBeforeReplace'>,
  run: Run,
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
    replaces: { triggers: true } satisfies Names<CommandArgs>,
    updates: {
      connection,
      create: true,
      update: true,
      delete: true,
      stdin: true,
      environment: true,
      logging: true,
      addPreviousOutputInEnv: true,
    } satisfies Names<CommandArgs>,
  },
  (inputs, command, before) =>
    overSsh(inputs['connection'] as Connection, command, {
      stdin: String(inputs['stdin'] ?? ''),
      environment: { ...previous(inputs, before), ...(inputs['environment'] as Record<string, string> | undefined) },
    }),
);

const localCommand = commandOf(
  {
    replaces: { triggers: true } satisfies Names<LocalArgs>,
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
    } satisfies Names<LocalArgs>,
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
    if (code !== 0) throw new Error(`exit status ${code}: running "${command.slice(0, 80)}":\n${stderr}${stdout}`);
    return { stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
  },
);

const copyToRemote: ResourceType = {
  replaces: { triggers: true } satisfies Names<CopyToRemoteArgs>,
  updates: { connection, source: true, remotePath: true } satisfies Names<CopyToRemoteArgs>,
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

function previous(inputs: Values, before: Values | null): Record<string, string> {
  if (!before || inputs['addPreviousOutputInEnv'] === false) return {};
  const said = (name: string) => String(before[name] ?? '');
  return { PULUMI_COMMAND_STDOUT: said('stdout'), PULUMI_COMMAND_STDERR: said('stderr') };
}

/** One file: a string asset, or a file asset. */
async function copy(inputs: Values): Promise<void> {
  const {
    connection: to,
    source,
    remotePath,
  } = inputs as { connection: Connection; source: Values; remotePath: string };
  const content = source['text'] ?? (source['path'] ? await readFile(String(source['path']), 'utf8') : null);
  if (typeof content !== 'string') throw new Error('The stand-in copies single files only.');
  await overSsh(to, `cat > '${remotePath}'`, { stdin: content });
}
