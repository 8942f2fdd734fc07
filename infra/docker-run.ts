import type { ServiceSpec } from './services.ts';

/** A service whose late values are known. */
export type KnownSpec = Omit<ServiceSpec, 'environment'> & { readonly environment: Readonly<Record<string, string>> };

export type Folders = { readonly config: string };

/** Folder on the host of a service's secrets, mounted at /run/secrets. */
export function secretsFolder({ config }: Folders, service: string): string {
  return `${config}/secrets/${service}`;
}

/** Folder on the host of a service's other files, mounted at /etc/nightshift. */
export function filesFolder({ config }: Folders, service: string): string {
  return `${config}/files/${service}`;
}

/** Everything the service finds in its environment; of secrets, only where they lie. */
export function environmentOf(spec: KnownSpec): Record<string, string> {
  const files = Object.keys(spec.secrets).map((name) => [secretVariable(name), `/run/secrets/${name}`]);
  return { ...spec.environment, ...Object.fromEntries(files) };
}

/** BACKUP_AGE_IDENTITY is the path of a file already; any other secret is read from where NAME_FILE says. */
function secretVariable(name: string): string {
  return name === 'BACKUP_AGE_IDENTITY' ? name : `${name}_FILE`;
}

/** What the service sees of the host. */
export function bindsOf(spec: ServiceSpec, folders: Folders): ServiceSpec['mounts'] {
  const own = [
    ...(Object.keys(spec.secrets).length > 0
      ? [{ source: secretsFolder(folders, spec.name), target: '/run/secrets', readOnly: true }]
      : []),
    ...(Object.keys(spec.files).length > 0
      ? [{ source: filesFolder(folders, spec.name), target: '/etc/nightshift', readOnly: true }]
      : []),
  ];
  return [...spec.mounts, ...own];
}

/** Options of `docker run` that give a one-off container the service's environment, files, limits and hardening. */
export function runOptions(spec: KnownSpec, folders: Folders): string[] {
  return [
    ...['--read-only', '--user', spec.user, '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...['--memory', `${spec.memoryMiB}m`, '--network', spec.networks[0] ?? 'bridge'],
    ...Object.entries(spec.tmpfs).flatMap(([folder, size]) => ['--tmpfs', `${folder}:size=${size}`]),
    ...bindsOf(spec, folders).flatMap(({ source, target, readOnly }) => [
      '--mount',
      `type=bind,source=${source},target=${target}${readOnly ? ',readonly' : ''}`,
    ]),
    ...Object.entries(environmentOf(spec)).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
}

/** Options that start the service for good, as the engine would: for putting a previous image back. */
export function serviceOptions(spec: KnownSpec, folders: Folders): string[] {
  const { publish, health } = spec;
  return [
    ...runOptions(spec, folders),
    ...['--detach', '--restart', 'unless-stopped', '--stop-timeout', String(spec.stopSeconds)],
    ...['--network-alias', spec.name],
    ...(publish === null ? [] : ['--publish', `${publish.ip}:${publish.external}:${publish.internal}`]),
    ...['--health-cmd', health.test.map(quote).join(' ')],
    ...['--health-interval', `${health.intervalSeconds}s`, '--health-timeout', `${health.timeoutSeconds}s`],
    ...['--health-start-period', `${health.startSeconds}s`, '--health-retries', String(health.retries)],
    ...Object.entries(spec.labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...['--log-opt', 'max-size=10m', '--log-opt', 'max-file=3'],
  ];
}

/** One word for sh(1), whatever is in it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
