import type { StackTarget } from './target.ts';

/** Areas of access of a Linode token, each with a list request that needs read access to it. */
export const scopeAreas = {
  object_storage: '/object-storage/buckets?page_size=25',
  linodes: '/linode/instances?page_size=25',
  volumes: '/volumes?page_size=25',
  firewall: '/networking/firewalls?page_size=25',
  domains: '/domains?page_size=500',
  events: '/account/events?page_size=25',
} as const;

export type ScopeArea = keyof typeof scopeAreas;
type Access = 'read_only' | 'read_write';
export type TokenScope = { readonly area: ScopeArea; readonly access: Access };

/** Scopes that the stack needs. The provider waits for changes of hosts and volumes by reading events. */
export function requiredScopes(target: StackTarget): TokenScope[] {
  const { linode } = target;
  if (linode === null) return [];
  const disks = target.hosts.some(({ disk }) => disk?.volume.kind === 'adopted' || disk?.volume.kind === 'created');
  const labels = target.hosts.some(({ access }) => access.kind === 'label');
  const changesHosts = linode.createsHost || disks;
  const needed: [ScopeArea, Access | null][] = [
    ['object_storage', linode.bucket === null ? null : 'read_write'],
    ['linodes', changesHosts ? 'read_write' : labels ? 'read_only' : null],
    ['volumes', disks ? 'read_write' : null],
    ['firewall', linode.firewall ? 'read_write' : null],
    ['domains', target.hosts.some(({ page }) => page?.domain) ? 'read_write' : null],
    ['events', changesHosts ? 'read_only' : null],
  ];
  return needed.flatMap(([area, access]) => (access === null ? [] : [{ area, access }]));
}

/** Whether the token's scopes, as `X-OAuth-Scopes` lists them, include a scope: `*` is all, read_write includes read_only. */
export function grants(scopes: string, { area, access }: TokenScope): boolean {
  const words = scopes.split(/[\s,]+/);
  return words.some((word) => word === '*' || word === `${area}:read_write` || word === `${area}:${access}`);
}
