/** What a stack is going to need, as far as it can be looked at before the first `up`. Null is off. */
export type Target = {
  readonly linode: LinodeTarget | null;
  readonly hosts: readonly HostTarget[];
};

export type LinodeTarget = {
  readonly token: string | null;
  /** Without `/v4`. */
  readonly url: string;
  /** `ours`: to be adopted, or made by an earlier `up`. */
  readonly bucket: { readonly label: string; readonly region: string; readonly ours: boolean } | null;
  /** Regions in which a host or a volume is made. */
  readonly regions: readonly string[];
  readonly makesHost: boolean;
  readonly firewall: boolean;
};

export type HostTarget = {
  /** Empty when the stack has one host. */
  readonly name: string;
  readonly reach: Reach;
  readonly disk: DiskTarget | null;
  /** Ports that the stack's own containers will listen on. */
  readonly ports: readonly number[];
  readonly containers: readonly string[];
  /** Containers of these names that are not ours may go. */
  readonly replace: boolean;
  readonly mail: { readonly host: string; readonly port: number } | null;
  /** Name of the summary page; `domain`: the zone at Linode in which `up` writes its record. */
  readonly page: { readonly name: string; readonly domain: string | null } | null;
};

/** `made`: by `up`. `local`: this machine, and the Docker engine that DOCKER_HOST would name. */
export type Reach =
  | { readonly kind: 'made' }
  | { readonly kind: 'local'; readonly dockerHost: string }
  | { readonly kind: 'address'; readonly ssh: SshTarget }
  | { readonly kind: 'label'; readonly label: string; readonly ssh: Omit<SshTarget, 'address'> };

export type SshTarget = {
  readonly user: string;
  readonly address: string;
  readonly port: number;
  /** More options of ssh(1), one word each. */
  readonly options: readonly string[];
};

export type DiskTarget = {
  readonly mountPoint: string;
  /** `adopted`: a volume with data, known by id. `made`: by `up`. `mounted`: by hand. `folder`: a plain folder. */
  readonly volume:
    | { readonly kind: 'adopted'; readonly id: number }
    | { readonly kind: 'made'; readonly label: string }
    | { readonly kind: 'mounted' }
    | { readonly kind: 'folder' };
};
