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
    // Sent, not exported: an SSH server takes only the variables that it is configured for.
    const variables = Object.entries(environment).flatMap(([name, value]) => ['-o', `SetEnv=${name}="${value}"`]);
    const child = spawn('ssh', [...options, ...variables, connection.host, command], { stdio: 'pipe' });
    let both = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        both += part.toString('utf8');
      });
    child.stdin.end(stdin);
    const ended = Promise.withResolvers<number | null>();
    child.on('error', ended.reject);
    child.on('close', ended.resolve);
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended.promise]);
    if (code === 0) return { stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
    // The whole command in one line, and only then what it said: as the real provider prints it.
    throw new Error(`Process exited with status ${code}: running ${JSON.stringify(command)}:\n${both}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Any host key is right unless the connection names one, as with the real provider. */
async function optionsOf(connection: SshConnectionArgs, folder: string) {
  const { host, port = 22, user = 'root', privateKey, hostKey, agentSocketPath } = connection;
  const key = path.join(folder, 'key');
  if (privateKey) await writeFile(key, `${privateKey.trimEnd()}\n`, { mode: 0o600 });
  const known = path.join(folder, 'known_hosts');
  if (hostKey) await writeFile(known, `[${host}]:${port} ${hostKey}\n${host} ${hostKey}\n`);
  const check = ['-o', `StrictHostKeyChecking=${hostKey ? 'yes' : 'no'}`];
  const always = [...check, '-o', `UserKnownHostsFile=${hostKey ? known : '/dev/null'}`, '-o', 'LogLevel=ERROR'];
  return [
    ...['-F', 'none', '-T', '-p', String(port), '-l', user, '-o', 'BatchMode=yes', ...always],
    ...(privateKey ? ['-i', key, '-o', 'IdentitiesOnly=yes'] : []),
    ...(agentSocketPath ? ['-o', `IdentityAgent=${agentSocketPath}`] : []),
  ];
}
