import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import { selfSigned } from '../../certificate.ts';

/** A fake of the Linode API: answers GETs alone, in the shapes that the real one was recorded with. */
export type FakeAccount = {
  readonly token: string;
  /** `X-OAuth-Scopes`; `*` is all. */
  readonly scopes: string;
  readonly regions: readonly string[];
  /** Region to S3 host. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** `region/label`. */
  readonly buckets: readonly string[];
  readonly volumes: readonly { id: number; label: string; region: string; host: string | null }[];
  readonly domains: readonly string[];
  /** Label to address. */
  readonly instances: Readonly<Record<string, string>>;
  /** Every path answers this, as in an outage. */
  readonly outage?: number;
};

const areaOf: readonly (readonly [RegExp, string])[] = [
  [/^\/v4\/object-storage\//, 'object_storage'],
  [/^\/v4\/linode\/instances/, 'linodes'],
  [/^\/v4\/volumes/, 'volumes'],
  [/^\/v4\/networking\/firewalls/, 'firewall'],
  [/^\/v4\/domains/, 'domains'],
  [/^\/v4\/account\/events/, 'events'],
];

/** Starts the fake for one test; returns its address, as LINODE_URL has it. */
export async function fakeLinode(t: TestContext, account: FakeAccount): Promise<string> {
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const [status, body] = answer(path, request.headers.authorization, account);
    const known = request.headers.authorization === `Bearer ${account.token}`;
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(known ? { 'x-oauth-scopes': account.scopes } : {}),
    });
    response.end(JSON.stringify(body));
  });
  return `http://127.0.0.1:${await listening(t, server)}`;
}

type FakeResponse = readonly [number, unknown];
const errorResponse = (status: number, reason: string): FakeResponse => [status, { errors: [{ reason }] }];
const list = (data: readonly unknown[]): FakeResponse => [200, { data, page: 1, pages: 1, results: data.length }];

function answer(path: string, authorization: string | undefined, account: FakeAccount): FakeResponse {
  if (account.outage !== undefined) return errorResponse(account.outage, 'Internal Server Error');
  if (path === '/v4/regions') return list(account.regions.map(region));
  if (authorization !== `Bearer ${account.token}`) return errorResponse(401, 'Invalid Token');
  const area = areaOf.find(([pattern]) => pattern.test(path))?.[1] ?? '';
  if (account.scopes !== '*' && !account.scopes.includes(`${area}:`)) {
    return errorResponse(401, 'Your OAuth token is not authorized to use this endpoint.');
  }
  const [, bucketRegion, bucketLabel] = /^\/v4\/object-storage\/buckets\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (bucketRegion !== undefined && bucketLabel !== undefined) return bucket(bucketRegion, bucketLabel, account);
  const volumeId = /^\/v4\/volumes\/(\d+)$/.exec(path)?.[1];
  if (volumeId !== undefined) {
    const found = account.volumes.find(({ id }) => id === Number(volumeId));
    return found === undefined ? errorResponse(404, 'Not found') : [200, volume(found)];
  }
  if (path === '/v4/object-storage/endpoints') {
    return list(
      Object.entries(account.endpoints).map(([id, host]) => ({ region: id, endpoint_type: 'E2', s3_endpoint: host })),
    );
  }
  if (path === '/v4/linode/instances') {
    return list(
      Object.entries(account.instances).map(([label, ip], id) => ({ id, label, status: 'running', ipv4: [ip] })),
    );
  }
  if (path === '/v4/domains')
    return list(account.domains.map((domain, id) => ({ id, type: 'master', domain, status: 'active' })));
  return list([]);
}

function region(id: string) {
  const capabilities = ['Linodes', 'Block Storage', 'Object Storage', 'Cloud Firewall'];
  return { id, label: id, country: id.slice(0, 2), capabilities, status: 'ok', site_type: 'core' };
}

function bucket(where: string, label: string, { buckets, endpoints }: FakeAccount): FakeResponse {
  const host = endpoints[where];
  if (host === undefined)
    return errorResponse(404, 'The specified region was not found or does not support Object Storage.');
  if (!buckets.includes(`${where}/${label}`)) return errorResponse(404, 'The specified bucket was not found.');
  const created = '2018-01-02T03:04:05';
  return [
    200,
    {
      hostname: `${label}.${host}`,
      label,
      created,
      region: where,
      cluster: '',
      size: 0,
      objects: 0,
      endpoint_type: 'E2',
      s3_endpoint: host,
    },
  ];
}

function volume({ id, label, region: where, host }: FakeAccount['volumes'][number]) {
  return {
    id,
    status: 'active',
    label,
    created: '2018-01-02T03:04:05',
    updated: '2018-01-02T03:04:05',
    filesystem_path: `/dev/disk/by-id/scsi-0Linode_Volume_${label}`,
    size: 20,
    linode_id: host === null ? null : 7,
    linode_label: host,
    io_ready: host !== null,
    region: where,
    tags: [],
    hardware_type: 'nvme',
    encryption: 'enabled',
    locks: [],
  };
}

/** A public S3 address with TLS that this process trusts: 403 for the buckets that somebody has, else 404. */
export async function fakePublicStore(t: TestContext, taken: readonly string[]): Promise<string> {
  const day = 86_400_000;
  const certificate = selfSigned('localhost', new Date(Date.now() - day), new Date(Date.now() + day));
  const answers: RequestListener = ({ url }, response) => {
    response.writeHead(taken.some((label) => url === `/${label}`) ? 403 : 404).end();
  };
  const before = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...before, certificate.cert]);
  t.after(() => tls.setDefaultCACertificates(before));
  return `localhost:${await listening(t, createTlsServer(certificate, answers))}`;
}

async function listening(t: TestContext, server: Server & { closeAllConnections(): void }): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
