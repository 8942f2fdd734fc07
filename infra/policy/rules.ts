/** A resource as the engine is asked for it. Values that only an `up` makes known may be missing. */
export type Asked = {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
};

export type Rule = {
  readonly name: string;
  readonly description: string;
  /** What is wrong, or null. */
  readonly broken: (asked: Asked) => string | null;
};

const secretName =
  /(PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|ACCESS_KEY|SIGNING_KEY|PRIVATE_KEY|PING_URL)(?!.*_FILE=)[A-Z_]*=./;

/** What must never be deployed, whoever writes it. */
export const rules: readonly Rule[] = [
  {
    name: 'bucket-private',
    description: 'A bucket of backups is private.',
    broken: ({ type, inputs }) =>
      isType(type, 'linode', 'ObjectStorageBucket') && !['private', undefined].includes(inputs['acl'] as string)
        ? `its acl is ${inputs['acl']}`
        : null,
  },
  {
    name: 'data-protected',
    description: 'A bucket or volume with data is protected: no `up` and no `destroy` removes it.',
    broken: ({ type, protect }) =>
      (isType(type, 'linode', 'ObjectStorageBucket') || isType(type, 'linode', 'Volume')) && !protect
        ? 'it is not protected'
        : null,
  },
  {
    name: 'no-docker-socket',
    description: 'A container that is always on has no Docker socket.',
    broken: ({ type, inputs }) => {
      const spec = containerOf(type, inputs);
      const sources = spec === null ? [] : [...list(spec['mounts']), ...list(spec['volumes'])].flatMap(sourcesOf);
      return sources.some((source) => /docker\.sock$/.test(source)) ? 'it mounts the Docker socket' : null;
    },
  },
  {
    name: 'no-root',
    description: 'A container runs as a user that is not root.',
    broken: ({ type, inputs }) => {
      const spec = containerOf(type, inputs);
      if (spec === null || isLate(spec['user'])) return null;
      return /^(?!0+(:|$)|root(:|$))./.test(String(spec['user'] ?? '')) ? null : 'it runs as root';
    },
  },
  {
    name: 'no-plain-secret',
    description: 'A container gets its secrets as files: nothing in `docker inspect`.',
    broken: ({ type, inputs }) => {
      const spec = containerOf(type, inputs);
      const found = spec === null ? undefined : environmentOf(spec).find((line) => secretName.test(line));
      return found === undefined ? null : `its environment holds ${found.split('=')[0]}`;
    },
  },
];

/** One sentence a broken rule. */
export function brokenRules(asked: Asked): string[] {
  return rules.flatMap(({ name, description, broken }) => {
    const why = broken(asked);
    return why === null ? [] : [`${asked.name}: ${why} (${name}). ${description}`];
  });
}

function isType(type: string, provider: string, name: string): boolean {
  return type.startsWith(`${provider}:`) && type.endsWith(`:${name}`);
}

type Values = Readonly<Record<string, unknown>>;

function containerOf(type: string, inputs: Values): Values | null {
  if (isType(type, 'docker', 'Container')) return inputs;
  if (!isType(type, 'docker', 'Service')) return null;
  const task = inputs['taskSpec'];
  return isValues(task) && isValues(task['containerSpec']) ? task['containerSpec'] : null;
}

function environmentOf(spec: Values): string[] {
  const { envs, env } = spec;
  if (isValues(env)) return Object.entries(env).map(([name, value]) => `${name}=${String(value)}`);
  return list(envs).filter((line) => typeof line === 'string');
}

function sourcesOf(mount: unknown): string[] {
  if (!isValues(mount)) return [];
  return [mount['source'], mount['hostPath']].filter((each) => typeof each === 'string');
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** An Output: known only to the engine. */
function isLate(value: unknown): boolean {
  return isValues(value) && 'apply' in value;
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
