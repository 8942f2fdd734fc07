import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { examine } from '../../infra/doctor/examine.ts';
import type { HostTarget, LinodeTarget, Target } from '../../infra/doctor/target.ts';
import { verdictText } from '../../infra/doctor/verdict.ts';
import { systemClock } from '../../jobs/runtime/clock.ts';
import { type Account, fakeLinode, fakePublicStore } from './doctor-fake-linode.ts';

const account: Account = {
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
const madeHost: HostTarget = { ...bare, reach: { kind: 'made' } };
const adoptedDisk: HostTarget = { ...madeHost, disk: { mountPoint: '/data', volume: { kind: 'adopted', id: 42 } } };

const linode: Omit<LinodeTarget, 'url'> = {
  token: 'good-token',
  bucket: { label: 'shop-backups', region: 'sg-sin-2', ours: true },
  regions: ['sg-sin-2'],
  makesHost: true,
  firewall: true,
};

type Change = {
  readonly account?: Partial<Account>;
  readonly linode?: Partial<LinodeTarget>;
  readonly hosts?: HostTarget[];
};

/** What doctor prints for a stack of one bucket and one host that `up` makes. */
async function doctor(t: TestContext, change: Change = {}): Promise<string> {
  const url = await fakeLinode(t, { ...account, ...change.account });
  const target: Target = { linode: { ...linode, url, ...change.linode }, hosts: change.hosts ?? [madeHost] };
  const verdicts = await examine(target, { clock: systemClock, signal: t.signal });
  return verdicts
    .map(verdictText)
    .join('')
    .replace(/^later host.*\n/m, '');
}

test('a token that may do everything, a bucket and a volume to adopt, a domain: all ok', async (t) => {
  const page = { name: 'daily.shop.example', domain: 'shop.example' };
  assert.equal(
    await doctor(t, { hosts: [{ ...adoptedDisk, page }] }),
    `ok    Linode token: may read and write Object Storage, Linodes, Volumes, Firewalls, Domains; read Events
ok    region sg-sin-2: has hosts and block storage
ok    bucket shop-backups: is there in your account, at localhost:1
ok    volume 42: shop-data, 20 GB in sg-sin-2, attached to shop-host
ok    domain shop.example: is at Linode
later DNS daily.shop.example: the host has no address before \`up\`
`,
  );
});

test('no token: says where to make one, and what it must be allowed', async (t) => {
  assert.equal(
    await doctor(t, { linode: { token: null } }),
    `FAIL  Linode token: is not set
      What to do: make one at cloud.linode.com/profile/tokens that may read and write Object Storage, Linodes, Firewalls; read Events, then LINODE_TOKEN=… or \`pulumi config set --secret linode:token\`.
`,
  );
});

const first = (text: string) => text.split('\n').slice(0, 2).join('\n');

test('a token that the API does not know', async (t) => {
  const text = await doctor(t, { linode: { token: 'expired' } });
  assert.equal(
    first(text),
    `FAIL  Linode token: the API does not know it (Invalid Token)
      What to do: it has expired or is not whole: make another at cloud.linode.com/profile/tokens.`,
  );
  assert.doesNotMatch(text, /expired.*Bearer|good-token/);
});

test('a token of too narrow a scope: the missing ones are named, reading is not writing', async (t) => {
  const scopes = 'object_storage:read_only linodes:read_write firewall:read_write';
  const text = await doctor(t, { account: { scopes } });
  assert.equal(
    first(text),
    `FAIL  Linode token: may not read and write Object Storage; read Events
      What to do: a token cannot be widened: make one at cloud.linode.com/profile/tokens that may read and write Object Storage, Linodes, Firewalls; read Events. If it has them, its user lacks the grant.`,
  );
});

test('an API that is down, or not there, is not called a bad token', async (t) => {
  assert.match(
    await doctor(t, { account: { outage: 503 } }),
    /^FAIL {2}Linode token: \/object-storage\S* answers 503 /,
  );
  assert.match(
    await doctor(t, { linode: { url: 'http://127.0.0.1:1024' } }),
    /^FAIL {2}Linode token: the API gave no answer \(.*ECONNREFUSED/,
  );
});

test('an unknown region is met with those that are near; the S3 host name is a likely mistake', async (t) => {
  const bucket = { label: 'shop-backups', region: 'sg-sin-1', ours: false };
  const text = await doctor(t, { linode: { regions: ['us-west-9'], bucket } });
  assert.equal(
    text.split('\n').slice(1).join('\n'),
    `FAIL  region us-west-9: the API knows no region us-west-9 for it
      What to do: choose one of us-east (regions are not S3 host names: sg-sin-1.linodeobjects.com is in region sg-sin-2).
FAIL  bucket shop-backups: the API knows no region sg-sin-1 for it
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

test('a bucket name nobody has is free', async (t) => {
  assert.equal(await bucketLine(t, 'new-name', false), 'ok    bucket new-name: free in sg-sin-2; `up` makes it\n');
});

test('a bucket name that somebody else has', async (t) => {
  assert.equal(
    await bucketLine(t, 'their-name', false, ['their-name']),
    `FAIL  bucket their-name: belongs to somebody else in sg-sin-2
      What to do: names are shared by all customers of a region: choose another.
`,
  );
});

test('a bucket of this account that is not to be adopted is never taken over silently', async (t) => {
  assert.equal(
    await bucketLine(t, 'shop-backups', false),
    `FAIL  bucket shop-backups: is there already, in your account, at S3
      What to do: to keep it and what is in it: \`pulumi config set nightshift:bucketAdopt true\`; else choose another name.
`,
  );
});

test('a bucket to adopt that is not there', async (t) => {
  assert.match(
    await bucketLine(t, 'nowhere', true),
    /^FAIL {2}bucket nowhere: is to be adopted, but your account has none in sg-sin-2\n/,
  );
});

test('a volume that is in another region, or in no account of ours', async (t) => {
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
    hosts: [{ ...madeHost, page: { name: 'daily.other.example', domain: 'other.example' } }],
  });
  assert.match(text, /^FAIL {2}domain other\.example: is not among the domains of this account$/m);
});

test('a host named by its label is found by it; one that is not there is named', async (t) => {
  const reach = (label: string): HostTarget['reach'] => ({
    kind: 'label',
    label,
    ssh: { user: 'root', port: 1024, options: [] },
  });
  const hosts = [
    { ...madeHost, reach: reach('shop-host') },
    { ...madeHost, name: 'east', reach: reach('gone') },
  ];
  const text = await doctor(t, { hosts, linode: { makesHost: false, firewall: false, bucket: null, regions: [] } });
  assert.equal(
    text,
    `ok    Linode token: may read Linodes
FAIL  ssh root@127.0.0.1: nothing listens on that port
      What to do: check the address, and that sshd runs there on port 1024.
FAIL  east: host gone: the account has no Linode of that label, or could not be asked
      What to do: check nightshift:hostLabel, and the line of the token.
`,
  );
});

test('without Linode nothing of it is asked for', async (t) => {
  const verdicts = await examine({ linode: null, hosts: [] }, { clock: systemClock, signal: t.signal });
  assert.deepEqual(verdicts, [{ part: 'Linode', state: 'later', found: 'not used by this stack' }]);
});
