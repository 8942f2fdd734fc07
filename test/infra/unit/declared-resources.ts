import * as pulumi from '@pulumi/pulumi';
import type { ConfigSource } from '../../../infra/config/source.ts';
import type { CompiledImage } from '../../../infra/images.ts';
import { deploy } from '../../../infra/program.ts';

/** A resource as the program declares it; its options without what only Pulumi itself needs. */
export type DeclaredResource = {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
};

export const images: readonly CompiledImage[] = [
  { name: 'sqlite-backup', folder: '/compiled/sqlite-backup', tag: 'aaaaaaaaaaaa' },
  { name: 'backend-dailysummary', folder: '/compiled/backend-dailysummary', tag: 'bbbbbbbbbbbb' },
];

/** Everything the program declares for a config, with answers that Linode and Docker would give. In order of name. */
export async function declaredResources(
  config: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
): Promise<DeclaredResource[]> {
  const resources: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
  const options = new Map<string, Record<string, unknown>>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        return { id: `${name}-id`, state: { ...inputs, ...providerOutputs(type, inputs) } };
      },
      call: ({ token }) => functionResults[token] ?? {},
    },
    'nightshift',
    'test',
    false,
  );
  const all = { ...config, ...secrets };
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(all).map(([key, value]) => [`nightshift:${key}`, value])),
    Object.keys(secrets).map((key) => `nightshift:${key}`),
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      options.set(`${type} ${name}`, plainOptions(opts));
      return undefined;
    });
    return deploy({ source: sourceOf(config, secrets), images });
  });
  await pulumi.runtime.disconnect();
  return resources
    .filter(({ type }) => type !== 'pulumi:pulumi:Stack')
    .map(({ type, name, inputs }) => ({
      type,
      name,
      inputs: revealSecrets(inputs),
      options: options.get(`${type} ${name}`) ?? {},
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A config as a person would have typed it. */
export function sourceOf(
  config: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
): ConfigSource {
  return {
    get: (key) => secrets[key] ?? config[key],
    keys: () => [...Object.keys(config), ...Object.keys(secrets)],
    isSecret: (key) => key in secrets,
    isSealed: () => false,
    readFile: (file) => {
      if (file !== 'report.yaml') throw new Error('ENOENT');
      return 'title: Shop\n';
    },
    agent: true,
  };
}

function providerOutputs(type: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (type.endsWith(':ObjectStorageBucket')) return { s3Endpoint: 'sg-sin-1.linodeobjects.com' };
  if (type.endsWith(':ObjectStorageKey')) return { accessKey: 'made-access-key', secretKey: 'made-secret-key' };
  if (type.endsWith(':Volume')) return { filesystemPath: `/dev/disk/by-id/scsi-0Linode_Volume_${inputs['label']}` };
  if (type.endsWith(':Instance')) return { ipAddress: '192.0.2.10' };
  if (type.endsWith(':Image')) return { repoDigest: `sha256:${inputs['imageName']}` };
  if (type.endsWith(':RemoteImage')) return { imageId: 'sha256:caddy' };
  return {};
}

const functionResults: Record<string, Record<string, unknown>> = {
  'linode:index/getInstances:getInstances': {
    instances: [{ id: 4711, label: 'shop-host', ipAddress: '192.0.2.7', ipv4s: ['192.0.2.7'] }],
  },
  'linode:index/getDomains:getDomains': { domains: [{ id: 12, domain: 'example.com' }] },
};

const comparedOptions = [
  'protect',
  'retainOnDelete',
  'import',
  'replaceOnChanges',
  'deleteBeforeReplace',
  'additionalSecretOutputs',
];

function plainOptions(opts: object): Record<string, unknown> {
  const { dependsOn, ...rest } = opts as { dependsOn?: pulumi.Resource[] };
  const kept = Object.entries(rest).filter(([name, value]) => comparedOptions.includes(name) && value !== undefined);
  return Object.fromEntries(dependsOn === undefined ? kept : [...kept, ['dependsOn', dependsOn.length]]);
}

const secretMark = '4dabf18193072939515e22adb298388d';

/** The value with the marks of secrets made visible. */
function revealSecrets<T>(value: T): T {
  if (Array.isArray(value)) return value.map(revealSecrets) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (secretMark in value && 'value' in value) return { secret: revealSecrets(value.value) } as T;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revealSecrets(inner)])) as T;
}
