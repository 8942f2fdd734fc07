import { requireNoProblems, type SettingProblem } from '../jobs/settings/problem.ts';
import type { Setting } from '../jobs/settings/setting.ts';
import { table } from '../jobs/settings/table.ts';
import { diskOf, foldersOf } from './config/disk.ts';
import { hostOf } from './config/host.ts';
import { mailOf, summaryOf } from './config/mail-and-summary.ts';
import type { ConfigSource } from './config/source.ts';
import { type HostConfig, readStack } from './config/stack.ts';
import { bucketOf, storeOf } from './config/store.ts';
import type { Deployment, HostDeployment } from './deployment.ts';

/** The stack's config as what is to exist. Throws one SETTINGS_INVALID that lists every problem. */
export function readDeployment(source: ConfigSource, rows: readonly Setting[] = table): Deployment {
  const problems: SettingProblem[] = [];
  const { stack, hosts: configs, secrets } = readStack(source, rows, problems);
  const bucket = bucketOf(stack);
  const hosts = configs.map((config) => hostDeployment(config, source));
  requireDistinctDatabases(hosts, stack);
  requireNoProblems(problems, {
    one: 'key of the stack',
    many: 'keys of the stack',
    consequence: 'nothing was touched',
  });
  return { bucket, hosts, secrets };
}

function hostDeployment(config: HostConfig, source: ConfigSource): HostDeployment {
  const { name, values, environment, secretVariables } = config;
  return {
    name,
    host: hostOf(config, source.agent),
    engine: values.engine === 'swarm' ? { kind: 'swarm', node: values.swarmNode } : { kind: 'container' },
    platform: values.platform,
    disk: diskOf(config),
    store: storeOf(config),
    folders: foldersOf(config),
    replaceContainers: values.replaceContainers,
    healthTimeoutSeconds: values.healthTimeoutSeconds,
    memoryMiB: values.memoryMiB,
    databases: values.databases,
    mail: mailOf(config),
    summary: values.summary ? summaryOf(config, source.readFile) : null,
    environment,
    secretVariables: config.has('ageIdentity')
      ? { ...secretVariables, BACKUP_AGE_IDENTITY: 'ageIdentity' }
      : secretVariables,
  };
}

/** Two hosts must not write backups of one name into one bucket. */
function requireDistinctDatabases(hosts: readonly HostDeployment[], { report }: HostConfig): void {
  const names = hosts.filter(({ store }) => store.kind !== 'folder').flatMap(({ databases }) => databases);
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) < index))) {
    report('hosts', `back up two databases called ${name} into one bucket`, 'rename one of the files');
  }
}
