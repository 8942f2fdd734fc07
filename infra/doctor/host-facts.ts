type HostContainer = { readonly name: string; readonly ours: boolean; readonly ports: readonly number[] };

/** A container that runs in the network, processes or IPC of another, which it knows by its id. */
export type BesideContainer = {
  readonly name: string;
  /** Name of the other. */
  readonly owner: string;
  /** The command that makes it anew, with its folder; null: not known. */
  readonly remake: string | null;
};

/** What probeScript found on a host. Null: not probed, or absent. */
export type HostFacts = {
  /** Seconds since 1970, by the host's clock. */
  readonly now: number;
  readonly root: 'root' | 'sudo' | 'none';
  readonly docker: { readonly version: string } | { readonly error: string } | 'missing';
  readonly containers: readonly HostContainer[];
  readonly joined: readonly BesideContainer[];
  readonly listening: readonly number[];
  readonly mounted: { readonly source: string; readonly type: string } | null;
  readonly folder: 'absent' | 'empty' | 'filled' | null;
  readonly device:
    | { readonly path: string; readonly type: string | null; readonly mountedAt: string | null }
    | 'absent'
    | null;
  /** `open`, or the error of the connection. */
  readonly mail: string | null;
};

/** Parses the script's output; null when it is incomplete. */
export function readHostFacts(output: string): HostFacts | null {
  const lines = output.split('\n').map((line) => line.split('\t'));
  const one = (name: string) => lines.find(([key]) => key === name)?.[1]?.trim() || null;
  const all = (name: string) => lines.filter(([key]) => key === name);
  if (one('end') === null) return null;
  const device = one('device');
  const named = all('container').map(([, name = '', , , id = '']) => ({ name, id }));
  const [source, type] = one('mounted')?.split(' ') ?? [];
  return {
    now: Number(one('now')),
    root: oneOf(['root', 'sudo', 'none'], one('root')) ?? 'none',
    docker: dockerOf(one('docker-version'), one('docker-error')),
    containers: all('container').map(([, name = '', labels = '', ports = '']) => ({
      name,
      ours: /(^|,)nightshift[.-]/.test(labels),
      ports: [...ports.matchAll(/:(\d+)->/g)].map((match) => Number(match[1])),
    })),
    joined: all('modes').flatMap(([, name = '', network = '', processes = '', ipc = '', service = '', folder = '']) => {
      const owner = named.find(({ id }) => [network, processes, ipc].includes(`container:${id}`))?.name;
      if (owner === undefined) return [];
      const remake = service === '' ? null : `in ${folder}: docker compose up -d --force-recreate ${service}`;
      return [{ name: name.replace(/^\//, ''), owner, remake }];
    }),
    listening: [...new Set(all('listening').map(([, port = '']) => Number.parseInt(port, 16)))].sort((a, b) => a - b),
    mounted: source !== undefined && type !== undefined ? { source, type } : null,
    folder: oneOf(['absent', 'empty', 'filled'], one('folder')),
    device:
      device === null || device === 'absent'
        ? device
        : { path: device, type: one('device-type'), mountedAt: one('device-mounted') },
    mail: one('mail'),
  };
}

function dockerOf(version: string | null, error: string | null): HostFacts['docker'] {
  if (version !== null) return { version };
  return error === null ? 'missing' : { error };
}

function oneOf<T extends string>(choices: readonly T[], found: string | null): T | null {
  return choices.find((choice) => choice === found) ?? null;
}
