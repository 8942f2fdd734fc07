import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { remote } from '@pulumi/command/types/input.js';
import type { Unwrap } from '@pulumi/pulumi';

export type SshConnectionArgs = Unwrap<remote.ConnectionArgs>;

/** Runs a command on the host over SSH, as `@pulumi/command` does. Throws with its output when it fails. */
export async function runOverSsh(
  connection: SshConnectionArgs,
  command: string,
  { stdin = '', environment = {} }: { stdin?: string; environment?: Record<string, string> },
): Promise<{ stdout: string; stderr: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ssh-key-'));
  try {
    const options = await optionsOf(connection, folder);
    const names = Object.entries(environment).map(
      ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'; `,
    );
    const child = spawn('ssh', [...options, connection.host, names.join('') + command], { stdio: 'pipe' });
    child.stdin.end(stdin);
    const ended = Promise.withResolvers<number | null>();
    child.on('error', ended.reject);
    child.on('close', ended.resolve);
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended.promise]);
    if (code === 0) return { stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
    throw new Error(`Process exited with status ${code}: running "${command.slice(0, 80)}":\n${stderr}${stdout}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function optionsOf({ port = 22, user = 'root', privateKey, agentSocketPath }: SshConnectionArgs, folder: string) {
  const key = path.join(folder, 'key');
  if (privateKey) await writeFile(key, `${privateKey.trimEnd()}\n`, { mode: 0o600 });
  const always = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
  return [
    ...['-F', 'none', '-T', '-p', String(port), '-l', user, '-o', 'BatchMode=yes', ...always],
    ...(privateKey ? ['-i', key, '-o', 'IdentitiesOnly=yes'] : []),
    ...(agentSocketPath ? ['-o', `IdentityAgent=${agentSocketPath}`] : []),
  ];
}
