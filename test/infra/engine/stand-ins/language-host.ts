import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { credentials, Server, ServerCredentials, type UntypedHandleCall } from '@grpc/grpc-js';
import engineService from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import engine from '@pulumi/pulumi/proto/engine_pb.js';
import service from '@pulumi/pulumi/proto/language_grpc_pb.js';
import language from '@pulumi/pulumi/proto/language_pb.js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import { unary } from './serve.ts';

export type LanguageHost = {
  /** For PULUMI_DEBUG_LANGUAGES: the CLI attaches to it instead of starting Pulumi's own host for Node. */
  readonly debugLanguages: string;
  close(): void;
};

/** The exit code by which the program says that it has told the user all. */
const alreadyTold = 32;

/**
 * Stands in for `pulumi-language-nodejs`: starts the program with `node`, through the real `@pulumi/pulumi/cmd/run`, with
 * the arguments and variables of the real host. What the program prints goes to the engine, as a plugin's output does.
 */
export async function startLanguageHost(node: () => readonly string[]): Promise<LanguageHost> {
  let engineAddress = '';
  const server = new Server();
  const handlers: Record<string, UntypedHandleCall> = {
    handshake: unary(async (request: InstanceType<typeof language.LanguageHandshakeRequest>) => {
      engineAddress = request.getEngineAddress();
      return new language.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(async () => new plugin.PluginInfo().setVersion('3.270.0')),
    getRequiredPackages: unary(async () => new language.GetRequiredPackagesResponse()),
    getRequiredPlugins: unary(async () => new language.GetRequiredPluginsResponse()),
    run: unary((request: InstanceType<typeof language.RunRequest>) => runProgram(node(), request, engineAddress)),
  };
  const all = Object.keys(service.LanguageRuntimeService).map((name) => [name, handlers[name] ?? unimplemented]);
  server.addService(service.LanguageRuntimeService as never, Object.fromEntries(all));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { debugLanguages: `nodejs:${port}`, close: () => server.forceShutdown() };
}

const unimplemented = unary(async () => {
  throw new Error('The stand-in for the language host does not do this.');
});

async function runProgram(
  [node = 'node', ...options]: readonly string[],
  request: InstanceType<typeof language.RunRequest>,
  engineAddress: string,
): Promise<InstanceType<typeof language.RunResponse>> {
  const folder = request.getInfo()?.getProgramDirectory() ?? '';
  const args = [
    ...['--engine', engineAddress, '--monitor', request.getMonitorAddress(), '--project', request.getProject()],
    ...['--stack', request.getStack(), '--pwd', request.getPwd(), '--organization', request.getOrganization()],
    ...(request.getDryrun() ? ['--dry-run'] : []),
    ...['--parallel', String(request.getParallel()), request.getInfo()?.getEntryPoint() ?? '.'],
  ];
  const run = path.join(folder, 'node_modules', '@pulumi', 'pulumi', 'cmd', 'run');
  const child = spawn(node, [...options, run, ...args], {
    cwd: folder,
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  await tellUser(out + err, engineAddress);
  if (code === 0) return new language.RunResponse();
  if (code === alreadyTold) return new language.RunResponse().setBail(true);
  return new language.RunResponse().setError(`Program exited with non-zero exit code: ${code}`);
}

async function tellUser(output: string, engineAddress: string): Promise<void> {
  if (output === '') return;
  const client = new engineService.EngineClient(engineAddress, credentials.createInsecure());
  const request = new engine.LogRequest().setSeverity(engine.LogSeverity.INFO).setMessage(output);
  await new Promise<void>((resolve, reject) => {
    client.log(request, (error) => (error ? reject(error) : resolve()));
  });
  client.close();
}
