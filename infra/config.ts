import { bucketOf, storeOf } from './config/bucket.ts';
import { diskOf, foldersOf } from './config/disk.ts';
import { hostOf } from './config/host.ts';
import { type ConfigKeyName, configKeys, type SecretKeyName } from './config/keys.ts';
import { configFailure, type Problem } from './config/problems.ts';
import { type Reader, readerOf } from './config/reader.ts';
import { backupOf, databasesOf, mailOf, summaryOf } from './config/services.ts';
import type { ConfigSource } from './config/source.ts';
import { readLayers, type Texts } from './config/values.ts';
import type { Deployment, HostDeployment } from './deployment.ts';

const secretKeys = (Object.keys(configKeys) as ConfigKeyName[]).filter(
  (name): name is SecretKeyName => configKeys[name].secret,
);

/** The stack's config as what is to exist. Throws one SETTINGS_INVALID that lists every problem. */
export function readDeployment(source: ConfigSource): Deployment {
  const problems: Problem[] = [];
  const secrets = readSecrets(source, problems);
  const stack = readerOf({ name: '', text: (key) => source.get(key)?.trim() || null }, problems);
  const bucket = bucketOf(stack);
  const hosts = readLayers(source, problems).map((texts) => hostDeployment(texts, { source, problems, secrets }));
  distinct(hosts, stack);
  if (problems.length > 0) throw configFailure(problems);
  return { bucket, hosts, secrets };
}

/** Secrets that have a value. One that lies in the file readable for everybody is a problem. */
function readSecrets(source: ConfigSource, problems: Problem[]): SecretKeyName[] {
  const given = secretKeys.filter((key) => (source.get(key) ?? '').trim() !== '');
  for (const key of given.filter((each) => !source.isSecret(each))) {
    const hint = `set it anew: \`pulumi config set --secret nightshift:${key}\`, and change it where it is used`;
    problems.push({ key, found: 'lies unencrypted in the stack’s file', hint });
  }
  return given;
}

type Around = {
  readonly source: ConfigSource;
  readonly problems: Problem[];
  readonly secrets: readonly SecretKeyName[];
};

function hostDeployment(texts: Texts, { source, problems, secrets }: Around): HostDeployment {
  const read = readerOf(texts, problems);
  const engine = read.oneOf('engine', ['container', 'swarm']);
  return {
    name: texts.name,
    host: hostOf(read, source.agent),
    engine: engine === 'swarm' ? { kind: 'swarm', node: read.optional('swarmNode') } : { kind: 'container' },
    platform: read.oneOf('platform', ['linux/amd64', 'linux/arm64']),
    disk: diskOf(read),
    store: storeOf(read, secrets),
    folders: foldersOf(read),
    replaceContainers: read.flag('replaceContainers'),
    healthTimeoutSeconds: read.whole('healthTimeoutSeconds', 5, 7200),
    memoryMiB: read.whole('memoryMiB', 64, 1_048_576),
    databases: databasesOf(read),
    backup: backupOf(read),
    mail: mailOf(read, secrets),
    alertRecipients: read.optional('alertRecipients'),
    summary: read.flag('summary') ? summaryOf(read, { secrets, readFile: source.readFile }) : null,
    timeZone: zoneOf(read),
  };
}

function zoneOf(read: Reader): string {
  const zone = read.text('timeZone', 'schedules need a zone');
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    read.report('timeZone', `is "${zone}"`, 'set it to an IANA zone such as Asia/Kuala_Lumpur');
  }
  return zone;
}

/** Two hosts must not write backups of one name into one bucket. */
function distinct(hosts: readonly HostDeployment[], stack: Reader): void {
  const names = hosts.filter(({ store }) => store.kind !== 'folder').flatMap(({ databases }) => databases);
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) < index))) {
    stack.report('hosts', `back up two databases called ${name} into one bucket`, 'rename one of the files');
  }
}
