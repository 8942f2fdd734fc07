import { styleText } from 'node:util';
import type { CliContext, Environment } from '../../runtime/cli-context.ts';
import { createLog } from '../../runtime/log.ts';
import { terminalProgress } from '../../runtime/progress.ts';
import { type RestoreSettings, readRestoreSettings } from '../../settings/settings.ts';
import { noCheckpoint } from '../files/checkpoint.ts';
import type { Bold } from '../plan/plan-text.ts';
import { type Prompt, terminalPrompt } from '../plan/prompts.ts';
import { dockerServiceManager } from '../services/docker/docker-service-manager.ts';
import { noDocker } from '../services/docker/no-docker.ts';
import { openDocker } from '../services/docker/open-docker.ts';
import type { ServiceManager } from '../services/service-manager.ts';
import type { StageDeps } from '../staging/stage-deps.ts';

export type RestoreDeps = StageDeps & {
  readonly settings: Pick<RestoreSettings, 'stateDir' | 'zone' | 'restoreServices'>;
  readonly services: ServiceManager;
  readonly prompt: Prompt;
  /** Takes the plan and the report. */
  readonly out: (text: string) => void;
  readonly bold: Bold;
};

/** What is needed without the bucket, so that undo and the end of a restore need no keys. */
export async function createDeps(
  useDocker: boolean,
  context: CliContext,
): Promise<{ settings: RestoreSettings; deps: RestoreDeps }> {
  const { environment, clock, signal, out, err, interactive } = context;
  const settings = readRestoreSettings(withoutStore(environment));
  const wanted = useDocker ? settings.restoreServices : [];
  const isNeeded = wanted.length > 0;
  const docker = useDocker ? await openDocker(environment['DOCKER_HOST'] ?? null, isNeeded) : noDocker;
  const deps = {
    settings: { ...settings, restoreServices: wanted },
    services: dockerServiceManager(docker, clock),
    clock,
    log: createLog(clock, settings.zone, { out, err }),
    progress: terminalProgress(),
    signal,
    checkpoint: noCheckpoint,
    prompt: interactive ? terminalPrompt(signal) : null,
    out,
    bold: interactive && process.stdout.isTTY ? (text: string) => styleText('bold', text) : (text: string) => text,
  };
  return { settings, deps };
}

function withoutStore(environment: Environment): Environment {
  return { ...environment, BACKUP_STORE: 'file:///none', BACKUP_STORE_FILE: undefined };
}
