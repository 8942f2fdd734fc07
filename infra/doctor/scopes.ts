import type { Target } from './target.ts';

/** Areas of a Linode token, each with a list that needs the area to be read. */
export const areas = {
  object_storage: '/object-storage/buckets?page_size=25',
  linodes: '/linode/instances?page_size=25',
  volumes: '/volumes?page_size=25',
  firewall: '/networking/firewalls?page_size=25',
  domains: '/domains?page_size=500',
  events: '/account/events?page_size=25',
} as const;

export type Area = keyof typeof areas;
type Access = 'read_only' | 'read_write';
export type Scope = { readonly area: Area; readonly access: Access };

/** What the token must be allowed to do for this stack. The provider follows every change of hosts and volumes by events. */
export function scopesNeeded(target: Target): Scope[] {
  const { linode } = target;
  if (linode === null) return [];
  const disks = target.hosts.some(({ disk }) => disk?.volume.kind === 'adopted' || disk?.volume.kind === 'made');
  const labels = target.hosts.some(({ reach }) => reach.kind === 'label');
  const hosts = linode.makesHost || disks;
  const needed: [Area, Access | null][] = [
    ['object_storage', linode.bucket === null ? null : 'read_write'],
    ['linodes', hosts ? 'read_write' : labels ? 'read_only' : null],
    ['volumes', disks ? 'read_write' : null],
    ['firewall', linode.firewall ? 'read_write' : null],
    ['domains', target.hosts.some(({ page }) => page?.domain) ? 'read_write' : null],
    ['events', hosts ? 'read_only' : null],
  ];
  return needed.flatMap(([area, access]) => (access === null ? [] : [{ area, access }]));
}

/** Whether the token's scopes, as `X-OAuth-Scopes` lists them, hold a scope: `*` is all, writing includes reading. */
export function holds(scopes: string, { area, access }: Scope): boolean {
  const words = scopes.split(/[\s,]+/);
  return words.some((word) => word === '*' || word === `${area}:read_write` || word === `${area}:${access}`);
}
