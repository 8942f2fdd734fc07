import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type ConfigMap,
  LocalWorkspace,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from '@pulumi/pulumi/automation/index.js';

export type TestStack = {
  readonly stack: Stack;
  /** What the engine kept, as a person sees it in the state file: secrets encrypted. */
  state(): Promise<string>;
};

type StackOptions = {
  readonly folder: string;
  readonly debugProviders: string;
  readonly program: PulumiFn;
  readonly project?: string;
  readonly name?: string;
  readonly config: ConfigMap;
};

/**
 * A fresh stack of the real Pulumi engine, its state in a file below `folder`, attached to the stand-ins, its program run
 * in this process.
 */
export async function openStack(options: StackOptions): Promise<TestStack> {
  const { folder, debugProviders, program, project = 'nightshift', name = 'test', config } = options;
  const at = (part: string) => {
    const there = path.join(folder, part);
    mkdirSync(there, { recursive: true });
    return there;
  };
  const command = await PulumiCommand.get({ root: path.dirname(path.dirname(process.env['LAB_PULUMI'] ?? '')) });
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: project, program },
    {
      pulumiCommand: command,
      pulumiHome: at('home'),
      workDir: at('work'),
      envVars: {
        PULUMI_BACKEND_URL: `file://${at('state')}`,
        PULUMI_CONFIG_PASSPHRASE: 'made for this test',
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        PULUMI_DEBUG_PROVIDERS: debugProviders,
      },
    },
  );
  await stack.setAllConfig(config);
  return {
    stack,
    state: () => readFile(path.join(folder, 'state', '.pulumi', 'stacks', project, `${name}.json`), 'utf8'),
  };
}
