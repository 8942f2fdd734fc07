import * as pulumi from '@pulumi/pulumi';
import type { Folders } from './deployment.ts';
import type { DeferredName, ServiceMount, ServiceSpec } from './service-specs.ts';

/** A service whose deferred values are known. */
export type ResolvedSpec = Omit<ServiceSpec, 'environment'> & {
  readonly environment: Readonly<Record<string, string>>;
};

/** What each deferred name stands for, once `up` knows it. */
export type DeferredValues = Readonly<Record<DeferredName, pulumi.Input<string>>>;

export function resolveSpec(spec: ServiceSpec, deferred: DeferredValues): pulumi.Output<ResolvedSpec> {
  return pulumi.all([deferred.endpoint, deferred.bucket, deferred.region]).apply(([endpoint, bucket, region]) => {
    const values = { endpoint, bucket, region };
    const environment = Object.entries(spec.environment).map(
      ([name, value]) => [name, typeof value === 'string' ? value : values[value.deferred]] as const,
    );
    return { ...spec, environment: Object.fromEntries(environment) };
  });
}

/** The whole environment of the service; of each secret, only the path of its file. */
export function environmentOf(spec: ResolvedSpec): Record<string, string> {
  const files = Object.keys(spec.secrets).map((name) => [secretVariable(name), `/run/secrets/${name}`]);
  return { ...spec.environment, ...Object.fromEntries(files) };
}

/** BACKUP_AGE_IDENTITY is the path of a file already; any other secret is read from the file that NAME_FILE names. */
function secretVariable(name: string): string {
  return name === 'BACKUP_AGE_IDENTITY' ? name : `${name}_FILE`;
}

/** Every bind mount of the service, with the folders of its secrets and files. */
export function mountsOf(spec: ServiceSpec, folders: Pick<Folders, 'config'>): readonly ServiceMount[] {
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

/** Folder on the host with a service's secrets, mounted at /run/secrets. */
export function secretsFolder({ config }: Pick<Folders, 'config'>, service: string): string {
  return `${config}/secrets/${service}`;
}

/** Folder on the host with a service's other files, mounted at /etc/nightshift. */
export function filesFolder({ config }: Pick<Folders, 'config'>, service: string): string {
  return `${config}/files/${service}`;
}
