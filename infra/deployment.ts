import type { SecretKey } from '../jobs/settings/table.ts';

/** A stack's config, checked: what is to exist. Null means off. */
export type Deployment = {
  readonly bucket: BucketPlan | null;
  readonly hosts: readonly HostDeployment[];
  /** Secrets that the config holds; their values stay with Pulumi. */
  readonly secrets: readonly SecretKey[];
};

/** Whether anything of the deployment is at Linode: a token and a provider are needed. */
export function usesLinode({ bucket, hosts }: Deployment): boolean {
  return (
    bucket !== null ||
    hosts.some(
      ({ host, disk }) =>
        host.place.kind === 'label' ||
        host.place.kind === 'create' ||
        host.firewall ||
        host.domain !== null ||
        disk?.kind === 'create' ||
        disk?.kind === 'adopt',
    )
  );
}

export type BucketPlan = {
  readonly label: string;
  readonly region: string;
  readonly adopt: boolean;
  readonly oldVersionDays: number;
};

/** One host and what runs there. `name` is empty when the stack has only one; else it ends every resource name. */
export type HostDeployment = {
  readonly name: string;
  readonly host: HostPlan;
  readonly engine: { readonly kind: 'container' } | { readonly kind: 'swarm'; readonly node: string | null };
  readonly platform: string;
  readonly disk: DiskPlan | null;
  readonly store: StorePlan;
  readonly folders: Folders;
  readonly replaceContainers: boolean;
  readonly healthTimeoutSeconds: number;
  readonly memoryMiB: number;
  readonly databases: readonly string[];
  readonly mail: MailPlan | null;
  readonly summary: SummaryPlan | null;
  /** Text of each variable that the stack sets for the jobs, by its name; secrets apart. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variable of a job to the secret that the stack has for it. */
  readonly secretVariables: Readonly<Record<string, SecretKey>>;
};

export type HostPlan = {
  readonly place:
    | { readonly kind: 'engine' }
    | { readonly kind: 'address'; readonly address: string }
    | { readonly kind: 'label'; readonly label: string }
    | {
        readonly kind: 'create';
        readonly label: string;
        readonly region: string;
        readonly type: string;
        readonly publicKey: string;
      };
  readonly user: string;
  readonly port: number;
  readonly keyFile: string | null;
  /** Key that the host must present; null: any. */
  readonly hostKey: string | null;
  /** Where the Docker engine listens; null: over SSH. */
  readonly dockerHost: string | null;
  readonly firewall: boolean;
  readonly domain: string | null;
};

export type DiskPlan = { readonly mountPoint: string } & (
  | { readonly kind: 'mounted' }
  | { readonly kind: 'create'; readonly label: string; readonly size: number; readonly region: string }
  | {
      readonly kind: 'adopt';
      readonly volumeId: number;
      readonly label: string;
      readonly size: number;
      readonly region: string;
    }
);

export type StorePlan =
  | { readonly kind: 'managed' }
  | { readonly kind: 's3'; readonly endpoint: string; readonly bucket: string }
  | { readonly kind: 'folder'; readonly folder: string };

export type Folders = {
  readonly data: string;
  readonly state: string;
  readonly config: string;
  readonly command: string;
};

export type MailPlan = { readonly host: string; readonly port: number };

export type SummaryPlan = {
  /** Content of the report file. */
  readonly report: string | null;
  readonly url: string | null;
  readonly front:
    | { readonly kind: 'caddy' }
    | { readonly kind: 'labels'; readonly network: string | null }
    | { readonly kind: 'port'; readonly port: number };
};
