import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { checkResultText } from '../../../infra/doctor/check-result.ts';
import { runChecks } from '../../../infra/doctor/run-checks.ts';
import type { HostTarget, LinodeTarget, StackTarget } from '../../../infra/doctor/target.ts';
import { systemClock } from '../../../jobs/runtime/clock.ts';
import { type FakeAccount, fakeLinode, fakePublicStore } from './fake-linode-api.ts';

const account: FakeAccount = {
  token: 'good-token',
  scopes: '*',
  regions: ['ap-south', 'sg-sin-2', 'us-east'],
  endpoints: { 'sg-sin-2': 'localhost:1', 'us-east': 'us-east-1.linodeobjects.com' },
  buckets: ['sg-sin-2/shop-backups'],
  volumes: [{ id: 42, label: 'shop-data', region: 'sg-sin-2', host: 'shop-host' }],
  domains: ['shop.example'],
  instances: { 'shop-host': '127.0.0.1' },
};

const bare = { name: '', disk: null, ports: [], containers: [], replace: false, mail: null, page: null };
const newHost: HostTarget = { ...bare, access: { kind: 'created' } };
const adoptedDisk: HostTarget = { ...newHost, disk: { mountPoint: '/data', volume: { kind: 'adopted', id: 42 } } };

const linode: Omit<LinodeTarget, 'url'> = {
  token: 'good-token',
  bucket: { label: 'shop-backups', region: 'sg-sin-2', ours: true },
  regions: ['sg-sin-2'],
  createsHost: true,
  firewall: true,
};

type Change = {
  readonly account?: Partial<FakeAccount>;
  readonly linode?: Partial<LinodeTarget>;
  readonly hosts?: HostTarget[];
};

/** What doctor prints for a stack of one bucket and one host that `up` creates. */
async function doctor(t: TestContext, change: Change = {}): Promise<string> {
  const url = await fakeLinode(t, { ...account, ...change.account });
  const target: StackTarget = { linode: { ...linode, url, ...change.linode }, hosts: change.hosts ?? [newHost] };
  const results = await runChecks(target, { clock: systemClock, signal: t.signal });
  return results
    .map(checkResultText)
    .join('')
    .replace(/^skip {2}host.*\n/m, '');
}

test('a token with every scope, a bucket and a volume to adopt, a domain: all ok', async (t) => {
  const page = { name: 'daily.shop.example', domain: 'shop.example' };
  assert.equal(
    await doctor(t, { hosts: [{ ...adoptedDisk, page }] }),
    `ok    Linode token: may read and write Object Storage, Linodes, Volumes, Firewalls, Domains; read Events
ok    region sg-sin-2: offers hosts and block storage
ok    bucket shop-backups: exists in your account, at localhost:1
ok    volume 42: shop-data, 20 GB in sg-sin-2, attached to shop-host
ok    domain shop.example: is managed at Linode
skip  DNS daily.shop.example: the host has no address before \`up\`
`,
  );
});

test('no token: the hint says where to create one, and with which scopes', async (t) => {
  assert.equal(
    await doctor(t, { linode: { token: null } }),
    `FAIL  Linode token: is not set
      What to do: create one at cloud.linode.com/profile/tokens that may read and write Object Storage, Linodes, Firewalls; read Events, then LINODE_TOKEN=… or \`pulumi config set --secret linode:token\`.
`,
  );
});

const first = (text: string) => text.split('\n').slice(0, 2).join('\n');

test('a token that the API rejects', async (t) => {
  const text = await doctor(t, { linode: { token: 'expired' } });
  assert.equal(
    first(text),
    `FAIL  Linode token: the API rejects it (Invalid Token)
      What to do: it has expired or is incomplete: create another at cloud.linode.com/profile/tokens.`,
  );
  assert.doesNotMatch(text, /expired.*Bearer|good-token/);
});

test('a token without enough scopes: the missing ones are named, read is not write', async (t) => {
  const scopes = 'object_storage:read_only linodes:read_write firewall:read_write';
  const text = await doctor(t, { account: { scopes } });
  assert.equal(
    first(text),
    `FAIL  Linode token: may not read and write Object Storage; read Events
      What to do: the access of a token cannot be changed: create one at cloud.linode.com/profile/tokens that may read and write Object Storage, Linodes, Firewalls; read Events. If it has that access, its user lacks the grant.`,
  );
});

test('an API that is down or unreachable is not reported as a bad token', async (t) => {
  assert.match(
    await doctor(t, { account: { outage: 503 } }),
    /^FAIL {2}Linode token: \/object-storage\S* responded with 503 /,
  );
  assert.match(
    await doctor(t, { linode: { url: 'http://127.0.0.1:1024' } }),
    /^FAIL {2}Linode token: no response from the API \(.*ECONNREFUSED/,
  );
});

test('for an unknown region similar ones are suggested; the S3 host name is a likely mistake', async (t) => {
  const bucket = { label: 'shop-backups', region: 'sg-sin-1', ours: false };
  const text = await doctor(t, { linode: { regions: ['us-west-9'], bucket } });
  assert.equal(
    text.split('\n').slice(1).join('\n'),
    `FAIL  region us-west-9: the API lists no region us-west-9 for it
      What to do: choose one of us-east (regions are not S3 host names: sg-sin-1.linodeobjects.com is in region sg-sin-2).
FAIL  bucket shop-backups: the API lists no region sg-sin-1 for it
      What to do: choose one of sg-sin-2 (regions are not S3 host names: sg-sin-1.linodeobjects.com is in region sg-sin-2).
`,
  );
});

async function bucketLine(t: TestContext, label: string, ours: boolean, taken: string[] = []): Promise<string> {
  const endpoints = { 'sg-sin-2': await fakePublicStore(t, taken) };
  const bucket = { label, region: 'sg-sin-2', ours };
  const text = await doctor(t, { account: { endpoints }, linode: { regions: [], bucket } });
  return text
    .split('\n')
    .slice(1)
    .join('\n')
    .replace(/localhost:\d+/, 'S3');
}

test('a bucket name that nobody has is available', async (t) => {
  assert.equal(
    await bucketLine(t, 'new-name', false),
    'ok    bucket new-name: available in sg-sin-2; `up` creates it\n',
  );
});

test('a bucket name that another customer has', async (t) => {
  assert.equal(
    await bucketLine(t, 'their-name', false, ['their-name']),
    `FAIL  bucket their-name: belongs to another customer in sg-sin-2
      What to do: names are shared by all customers of a region: choose another.
`,
  );
});

test('a bucket of this account that is not to be adopted is never taken over silently', async (t) => {
  assert.equal(
    await bucketLine(t, 'shop-backups', false),
    `FAIL  bucket shop-backups: already exists in your account, at S3
      What to do: to keep it with its content: \`pulumi config set nightshift:bucketAdopt true\`; else choose another name.
`,
  );
});

test('a bucket to adopt that does not exist', async (t) => {
  assert.match(
    await bucketLine(t, 'nowhere', true),
    /^FAIL {2}bucket nowhere: should be adopted, but your account has none in sg-sin-2\n/,
  );
});

test('a volume in another region, or not in this account', async (t) => {
  const elsewhere = await doctor(t, { hosts: [adoptedDisk], linode: { regions: ['us-east'] } });
  assert.match(
    elsewhere,
    /^FAIL {2}volume 42: shop-data, 20 GB in sg-sin-2, attached to shop-host, but the host is in us-east$/m,
  );
  const unknown = { ...adoptedDisk, disk: { mountPoint: '/data', volume: { kind: 'adopted', id: 43 } } } as const;
  assert.match(await doctor(t, { hosts: [unknown] }), /^FAIL {2}volume 43: is not in this account$/m);
});

test('a domain that is not at Linode', async (t) => {
  const text = await doctor(t, {
    hosts: [{ ...newHost, page: { name: 'daily.other.example', domain: 'other.example' } }],
  });
  assert.match(text, /^FAIL {2}domain other\.example: is not among the domains of this account$/m);
});

test('a host is found by its label; one that does not exist is named', async (t) => {
  const access = (label: string): HostTarget['access'] => ({
    kind: 'label',
    label,
    ssh: { user: 'root', port: 1024, options: [] },
  });
  const hosts = [
    { ...newHost, access: access('shop-host') },
    { ...newHost, name: 'east', access: access('gone') },
  ];
  const text = await doctor(t, { hosts, linode: { createsHost: false, firewall: false, bucket: null, regions: [] } });
  assert.equal(
    text,
    `ok    Linode token: may read Linodes
FAIL  ssh root@127.0.0.1: nothing listens on that port
      What to do: check the address, and that sshd runs there on port 1024.
FAIL  east: host gone: the account has no Linode with that label, or the API did not respond
      What to do: check nightshift:hostLabel, and see the token check.
`,
  );
});

test('a stack without Linode makes no request to it', async (t) => {
  const results = await runChecks({ linode: null, hosts: [] }, { clock: systemClock, signal: t.signal });
  assert.deepEqual(results, [{ check: 'Linode', status: 'skipped', message: 'not used by this stack' }]);
});
