/** What a stack is going to need, as far as it can be looked at before the first `up`. Null is off. */
export type Target = {
  readonly linode: LinodeTarget | null;
  readonly hosts: readonly HostTarget[];
  /** Name of the summary page; `domain`: the zone at Linode in which `up` writes its record. */
  readonly page: { readonly name: string; readonly domain: string | null } | null;
};

export type LinodeTarget = {
  readonly token: string | null;
  /** Without `/v4`. */
  readonly url: string;
  readonly bucket: { readonly label: string; readonly region: string; readonly adopted: boolean } | null;
  /** Regions in which a host or a volume is made. */
  readonly regions: readonly string[];
  readonly makesHost: boolean;
  readonly firewall: boolean;
};

export type HostTarget = {
  readonly name: string;
  /** How it is reached now; null when `up` makes it. */
  readonly ssh: SshTarget | null;
  readonly disk: DiskTarget | null;
  /** Ports that the stack's own proxy will listen on. */
  readonly ports: readonly number[];
  readonly containers: readonly string[];
  readonly mail: { readonly host: string; readonly port: number } | null;
};

export type SshTarget = {
  readonly user: string;
  readonly address: string;
  readonly port: number;
  /** More options of ssh(1), one word each. */
  readonly options: readonly string[];
};

export type DiskTarget = {
  readonly mountPoint: string;
  /** `adopted`: a volume with data, known by id. `made`: by `up`. `folder`: no volume, the folder as it is. */
  readonly volume:
    | { readonly kind: 'adopted'; readonly id: number }
    | { readonly kind: 'made'; readonly label: string }
    | { readonly kind: 'folder' };
};
