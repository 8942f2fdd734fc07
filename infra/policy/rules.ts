/** A resource as the program declares it. Values that are known only during `up` may be missing. */
export type PolicyResource = {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
};

export type PolicyRule = {
  readonly name: string;
  readonly description: string;
  /** What violates the rule, or null. */
  readonly violation: (resource: PolicyResource) => string | null;
};

const secretName =
  /(PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|ACCESS_KEY|SIGNING_KEY|PRIVATE_KEY|PING_URL|WEBHOOK_URL)(?!.*_FILE=)[A-Z_]*=./;

/** What must never be deployed. */
export const policyRules: readonly PolicyRule[] = [
  {
    name: 'bucket-private',
    description: 'A bucket of backups is private.',
    violation: ({ type, inputs }) =>
      isType(type, 'linode', 'ObjectStorageBucket') && !['private', undefined].includes(inputs['acl'] as string)
        ? `its acl is ${inputs['acl']}`
        : null,
  },
  {
    name: 'data-protected',
    description: 'A bucket or volume with data is protected: no `up` and no `destroy` removes it.',
    violation: ({ type, protect }) =>
      (isType(type, 'linode', 'ObjectStorageBucket') || isType(type, 'linode', 'Volume')) && !protect
        ? 'it is not protected'
        : null,
  },
  {
    name: 'no-docker-socket',
    description: 'A container that is always on has no Docker socket.',
    violation: ({ type, inputs }) => {
      const spec = containerOf(type, inputs);
      const sources = spec === null ? [] : [...list(spec['mounts']), ...list(spec['volumes'])].flatMap(sourcesOf);
      return sources.some((source) => /docker\.sock$/.test(source)) ? 'it mounts the Docker socket' : null;
    },
  },
  {
    name: 'no-root',
    description: 'A container runs as a user that is not root.',
    violation: ({ type, inputs }) => {
      const spec = containerOf(type, inputs);
      if (spec === null || isOutput(spec['user'])) return null;
      return /^(?!0+(:|$)|root(:|$))./.test(String(spec['user'] ?? '')) ? null : 'it runs as root';
    },
  },
  {
    name: 'no-plain-secret',
    description: 'A container gets its secrets as files: nothing in `docker inspect`.',
    violation: ({ type, inputs }) => {
      const spec = containerOf(type, inputs);
      const found = spec === null ? undefined : environmentOf(spec).find((line) => secretName.test(line));
      return found === undefined ? null : `its environment contains ${found.split('=')[0]}`;
    },
  },
];

/** One sentence for each violated rule. */
export function violationsOf(resource: PolicyResource): string[] {
  return policyRules.flatMap(({ name, description, violation }) => {
    const found = violation(resource);
    return found === null ? [] : [`${resource.name}: ${found} (${name}). ${description}`];
  });
}

function isType(type: string, provider: string, name: string): boolean {
  return type.startsWith(`${provider}:`) && type.endsWith(`:${name}`);
}

type Properties = Readonly<Record<string, unknown>>;

function containerOf(type: string, inputs: Properties): Properties | null {
  if (isType(type, 'docker', 'Container')) return inputs;
  if (!isType(type, 'docker', 'Service')) return null;
  const task = inputs['taskSpec'];
  return isProperties(task) && isProperties(task['containerSpec']) ? task['containerSpec'] : null;
}

function environmentOf(spec: Properties): string[] {
  const { envs, env } = spec;
  if (isProperties(env)) return Object.entries(env).map(([name, value]) => `${name}=${String(value)}`);
  return list(envs).filter((line) => typeof line === 'string');
}

function sourcesOf(mount: unknown): string[] {
  if (!isProperties(mount)) return [];
  return [mount['source'], mount['hostPath']].filter((each) => typeof each === 'string');
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A Pulumi Output, whose value is not known here. */
function isOutput(value: unknown): boolean {
  return isProperties(value) && 'apply' in value;
}

function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
