/** What a stack needs, as far as it can be checked before the first `up`. Null is off. */
export type StackTarget = {
  readonly linode: LinodeTarget | null;
  readonly hosts: readonly HostTarget[];
};

export type LinodeTarget = {
  readonly token: string | null;
  /** Without `/v4`. */
  readonly url: string;
  /** `ours`: to be adopted, or created by an earlier `up`. */
  readonly bucket: { readonly label: string; readonly region: string; readonly ours: boolean } | null;
  /** Regions in which a host or a volume is created. */
  readonly regions: readonly string[];
  readonly createsHost: boolean;
  readonly firewall: boolean;
};

export type HostTarget = {
  /** Empty when the stack has one host. */
  readonly name: string;
  readonly access: HostAccess;
  readonly disk: DiskTarget | null;
  /** Ports that the stack's own containers will listen on. */
  readonly ports: readonly number[];
  readonly containers: readonly string[];
  /** Containers with these names that are not ours may be removed. */
  readonly replace: boolean;
  readonly mail: { readonly host: string; readonly port: number } | null;
  /** Name of the summary page; `domain`: the zone at Linode in which `up` creates its record. */
  readonly page: { readonly name: string; readonly domain: string | null } | null;
};

/** `created`: by `up`. `local`: this machine, and the Docker engine of that DOCKER_HOST. */
export type HostAccess =
  | { readonly kind: 'created' }
  | { readonly kind: 'local'; readonly dockerHost: string }
  | { readonly kind: 'address'; readonly ssh: SshTarget }
  | { readonly kind: 'label'; readonly label: string; readonly ssh: Omit<SshTarget, 'address'> };

export type SshTarget = {
  readonly user: string;
  readonly address: string;
  readonly port: number;
  /** Further options of ssh(1), one word each. */
  readonly options: readonly string[];
};

export type DiskTarget = {
  readonly mountPoint: string;
  /** `adopted`: a volume with data, known by id. `created`: by `up`. `mounted`: by hand. `folder`: a plain folder. */
  readonly volume:
    | { readonly kind: 'adopted'; readonly id: number }
    | { readonly kind: 'created'; readonly label: string }
    | { readonly kind: 'mounted' }
    | { readonly kind: 'folder' };
};
