import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type DeclaredResource, declaredResources } from './declared-resources.ts';

const shop = {
  sshHost: '192.0.2.7',
  sshUser: 'shop',
  bucket: 'shop-backups',
  bucketRegion: 'sg-sin-2',
  dataFolder: '/mnt/disk/data',
  summaryRecipients: 'owner@example.com',
};

async function one(name: string, config: Record<string, string>, secrets: Record<string, string> = {}) {
  const all = await declaredResources(config, secrets);
  const found = all.filter((each) => each.name === name);
  assert.equal(found.length, 1, all.map((each) => each.name).join(' '));
  return found[0] as DeclaredResource;
}

const namesOf = (all: readonly DeclaredResource[]) => all.map(({ type, name }) => `${type.split(':').at(-1)} ${name}`);

describe('what the program declares', () => {
  test('a stack with a bucket, on an existing host', async () => {
    assert.deepEqual(namesOf(await declaredResources(shop)), [
      'Image backend-dailysummary',
      'Container backend-dailysummary',
      'Command backend-dailysummary-candidate',
      'Command backend-dailysummary-healthy',
      'Command backend-dailysummary-images',
      'ObjectStorageBucket bucket',
      'Command command',
      'docker docker',
      'Command folders',
      'ObjectStorageKey jobs-key',
      'linode linode',
      'Network network',
      'ObjectStorageKey read-only-key',
      'Image sqlite-backup',
      'Container sqlite-backup',
      'Command sqlite-backup-candidate',
      'Command sqlite-backup-healthy',
      'Command sqlite-backup-images',
      'Command sqlite-backup-secrets',
    ]);
  });

  test('a local engine and a folder for backups: nothing at Linode, nothing over SSH', async () => {
    const here = { dockerHost: 'unix:///var/run/docker.sock', storeFolder: '/srv/backups', dataFolder: '/srv/data' };
    const all = await declaredResources({ ...here, summary: 'false' });
    assert.deepEqual(
      all.map(({ type, name }) => `${type} ${name}`),
      [
        'command:local:Command command',
        'pulumi:providers:docker docker',
        'command:local:Command folders',
        'docker:index/network:Network network',
        'docker:index/image:Image sqlite-backup',
        'docker:index/container:Container sqlite-backup',
        'command:local:Command sqlite-backup-candidate',
        'command:local:Command sqlite-backup-healthy',
        'command:local:Command sqlite-backup-images',
      ],
    );
  });

  test('the bucket: private, versioned, protected, retained; each lifecycle rule with an id, and no corsEnabled', async () => {
    const { inputs, options } = await one('bucket', { ...shop, bucketOldVersionDays: '14' });
    assert.deepEqual(inputs, {
      label: 'shop-backups',
      region: 'sg-sin-2',
      acl: 'private',
      versioning: true,
      lifecycleRules: [
        { id: 'abort-stale-uploads', enabled: true, abortIncompleteMultipartUploadDays: 2 },
        { id: 'expire-old-versions', enabled: true, noncurrentVersionExpiration: { days: 14 } },
      ],
    });
    assert.deepEqual([options['protect'], options['retainOnDelete'], options['import']], [true, true, undefined]);
  });

  test('an existing bucket is adopted unchanged: an import must match what exists', async () => {
    const { inputs, options } = await one('bucket', { ...shop, bucketAdopt: 'true' });
    assert.deepEqual(inputs, { label: 'shop-backups', region: 'sg-sin-2' });
    assert.deepEqual(
      [options['protect'], options['retainOnDelete'], options['import']],
      [true, true, 'sg-sin-2:shop-backups'],
    );
  });

  test('two keys, each with access to this bucket only', async () => {
    const access = (permissions: string) => [{ bucketName: 'shop-backups', region: 'sg-sin-2', permissions }];
    assert.deepEqual((await one('jobs-key', shop)).inputs, {
      label: 'shop-backups-jobs-key',
      bucketAccesses: access('read_write'),
    });
    assert.deepEqual((await one('read-only-key', shop)).inputs, {
      label: 'shop-backups-read-only-key',
      bucketAccesses: access('read_only'),
    });
  });

  test('lifecycle rules need S3 keys: the provider creates temporary ones', async () => {
    assert.deepEqual((await one('linode', shop)).inputs, { objUseTempKeys: 'true' });
  });

  test('the jobs get the endpoint from the API, not one derived from the region', async () => {
    const [, backup] = await containers(shop);
    const { secret: envs } = inputsOf<{ envs: { secret: string[] } }>(backup).envs;
    assert.deepEqual(
      envs.filter((line) => /^LINODE_(BUCKET|ENDPOINT|REGION)=/.test(line)),
      ['LINODE_BUCKET=shop-backups', 'LINODE_ENDPOINT=https://sg-sin-1.linodeobjects.com', 'LINODE_REGION=sg-sin-1'],
    );
  });

  test('Docker uses one SSH connection, and a preview needs no daemon', async () => {
    const { inputs } = await one('docker', { ...shop, sshPort: '2222', sshKeyFile: '/dev/null' });
    assert.deepEqual(inputs, {
      host: 'ssh://shop@192.0.2.7:2222',
      sshOpts: JSON.stringify([
        ...['-i', '/dev/null', '-o', 'ControlMaster=auto', '-o', 'ControlPersist=60s'],
        ...['-o', 'ControlPath=~/.ssh/nightshift-%C', '-o', 'ServerAliveInterval=30', '-o', 'ServerAliveCountMax=10'],
        ...['-o', 'IdentitiesOnly=yes'],
      ]),
      disableDockerDaemonCheck: 'true',
    });
  });

  test('the image is built on the host, for the host’s platform, tagged by its content and not pushed', async () => {
    const image = (await declaredResources(shop)).find(
      ({ type, name }) => type.endsWith(':Image') && name === 'sqlite-backup',
    );
    assert.deepEqual(image?.inputs, {
      imageName: 'sqlite-backup:aaaaaaaaaaaa',
      build: { context: '/compiled/sqlite-backup', platform: 'linux/amd64' },
      buildOnPreview: false,
      skipPush: true,
    });
  });

  test('the complete container of the backup', async () => {
    const [, backup] = await containers({ ...shop, storeFolder: '/srv/backups', bucket: '' });
    const labels = backup?.inputs['labels'] as { label: string; value: string }[];
    assert.deepEqual(backup, {
      type: 'docker:index/container:Container',
      name: 'sqlite-backup',
      inputs: {
        name: 'sqlite-backup',
        image: 'sha256:sqlite-backup:aaaaaaaaaaaa',
        command: ['backup', '--schedule'],
        envs: {
          secret: [
            'BACKUP_COMPRESSION=gzip',
            'BACKUP_PREFIX=sqlite-backups/',
            'BACKUP_RETENTION_DAILY=20',
            'BACKUP_RETENTION_HOURLY=0',
            'BACKUP_RETENTION_MONTHLY=0',
            'BACKUP_RETENTION_WEEKLY=0',
            'BACKUP_RETENTION_YEARLY=0',
            'BACKUP_SCHEDULE_HOUR=2',
            'BACKUP_STORE=file:///store',
            'BACKUP_VERIFY_MIB=1024',
            'DATABASE_PATH=/data/csv_data.db',
            'HTTP_PORT=8081',
            'STATE_DIR=/state',
            'STOP_GRACE_SECONDS=900',
            'TIME_ZONE=Asia/Kuala_Lumpur',
          ],
        },
        user: '1000:1000',
        readOnly: true,
        capabilities: { drops: ['ALL'] },
        securityOpts: ['no-new-privileges'],
        init: true,
        memory: 1024,
        memorySwap: -1,
        restart: 'unless-stopped',
        destroyGraceSeconds: 910,
        stopTimeout: 910,
        networkMode: 'nightshift',
        networksAdvanced: [{ name: 'nightshift', aliases: ['sqlite-backup'] }],
        mounts: [
          { type: 'bind', source: '/mnt/disk/data', target: '/data', readOnly: false },
          { type: 'bind', source: '/var/lib/nightshift/state', target: '/state', readOnly: false },
          { type: 'bind', source: '/srv/backups', target: '/store', readOnly: false },
          { type: 'bind', source: '/var/lib/nightshift/staging', target: '/staging', readOnly: false },
        ],
        tmpfs: { '/tmp': 'size=64m' },
        healthcheck: {
          tests: [
            'CMD',
            'node',
            '-e',
            "fetch('http://127.0.0.1:8081/healthz').then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))",
          ],
          interval: '15s',
          timeout: '30s',
          startPeriod: '10m0s',
          retries: 3,
        },
        logDriver: 'json-file',
        logOpts: { 'max-size': '10m', 'max-file': '3' },
        labels: [
          { label: 'nightshift.content', value: labels[0]?.value },
          { label: 'nightshift.host', value: '192.0.2.7' },
          { label: 'nightshift.service', value: 'sqlite-backup' },
          { label: 'nightshift.job', value: 'backup' },
        ],
      },
      options: {
        replaceOnChanges: ['#initerror', 'healthcheck', 'tmpfs', 'init'],
        deleteBeforeReplace: true,
        dependsOn: 1,
      },
    });
  });

  test('a changed secret changes a label, so that the container is replaced; its value is in no input', async () => {
    const mail = { ...shop, smtpHost: 'mail.example.com', smtpUser: 'shop@example.com' };
    const label = async (password: string) => {
      const [, backup] = await containers(mail, { smtpPassword: password });
      assert.doesNotMatch(JSON.stringify(backup), new RegExp(password));
      return inputsOf<{ labels: { value: string }[] }>(backup).labels[0]?.value ?? '';
    };
    const [one, same, other] = [await label('first-word'), await label('first-word'), await label('second-word')];
    assert.match(one, /^[0-9a-f]{12}$/);
    assert.deepEqual([one === same, one === other], [true, false]);
  });

  test('secrets are sent over standard input, marked as secret, and are in no command', async () => {
    const mail = { ...shop, smtpHost: 'mail.example.com', smtpUser: 'shop@example.com', summary: 'false' };
    const all = await declaredResources(mail, { smtpPassword: 'correct-horse' });
    const files = all.find(({ name }) => name === 'sqlite-backup-secrets');
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const { secret } = (files?.inputs['stdin'] ?? {}) as { secret: string };
    const lines = [
      `LINODE_ACCESS_KEY ${base64('made-access-key')}`,
      `LINODE_SECRET_KEY ${base64('made-secret-key')}`,
      `SMTP_PASSWORD ${base64('correct-horse')}`,
    ];
    assert.ok(secret.includes(`\nprintf %s '${lines.join('\n')}\n' | $root env `), secret);
    const others = all.filter(({ name }) => name !== 'sqlite-backup-secrets');
    assert.doesNotMatch(JSON.stringify(others), new RegExp(base64('correct-horse')));
    assert.equal(files?.inputs['logging'], 'none');
    const commands = all.map(({ inputs }) => `${inputs['create'] ?? ''} ${inputs['delete'] ?? ''}`).join('\n');
    assert.doesNotMatch(commands, /correct-horse|made-secret-key/);
  });

  test('a new volume: attached, protected, retained, and the only one that may be formatted', async () => {
    const disk = { diskLabel: 'shop-data', diskSize: '40', hostRegion: 'sg-sin-2', mountPoint: '/mnt/disk' };
    const created = await declaredResources({ ...shop, ...disk, disk: 'create' });
    const volume = created.find(({ name }) => name === 'volume');
    assert.deepEqual(volume?.inputs, { label: 'shop-data', size: 40, region: 'sg-sin-2', linodeId: 4711 });
    assert.deepEqual([volume?.options['protect'], volume?.options['retainOnDelete']], [true, true]);
    assert.match(mountOf(created), /DEVICE=\/dev\/disk\/by-id\/scsi-0Linode_Volume_shop-data MOUNT_POINT=\/mnt\/disk /);
    assert.match(mountOf(created), /MAY_FORMAT=yes SIZE=40 /);

    const adopted = await declaredResources({ ...shop, ...disk, disk: 'adopt', diskVolumeId: '99' });
    assert.deepEqual(adopted.find(({ name }) => name === 'volume')?.options['import'], '99');
    assert.match(mountOf(adopted), /MAY_FORMAT=no /);
  });

  test('a new host: Docker by cloud-init, a firewall, the DNS record of the page', async (t) => {
    t.after(() => rmSync(path.join(userInfo().homedir, '.ssh', 'nightshift-host-95fb9b34017c')));
    const all = await declaredResources(
      {
        ...shop,
        sshHost: '',
        hostCreate: 'true',
        hostLabel: 'shop-host',
        hostRegion: 'sg-sin-2',
        hostPublicKey: 'ssh-ed25519 AAAA',
        sshHostKey: 'ssh-ed25519 BBBB',
        summaryUrl: 'https://daily.example.com',
        domain: 'example.com',
      },
      { sitePasswordHash: 'h', siteSigningKey: 'k'.repeat(16) },
    );
    const find = (name: string) => all.find((each) => each.name === name);
    assert.deepEqual(
      [find('cloud-init')?.inputs['create'], find('folders')?.options['dependsOn']],
      ['sh -s wait-cloud-init', 2],
      'nothing is done on the host before cloud-init is',
    );
    const { metadatas } = inputsOf<{ metadatas: [{ userData: string }] }>(find('host'));
    assert.deepEqual(find('host')?.inputs, {
      label: 'shop-host',
      region: 'sg-sin-2',
      type: 'g6-nanode-1',
      image: 'linode/debian12',
      authorizedKeys: ['ssh-ed25519 AAAA'],
      metadatas,
    });
    assert.equal(find('host')?.options['protect'], true, 'no `destroy` removes it');
    const [{ userData }] = metadatas;
    assert.match(Buffer.from(userData, 'base64').toString(), /^#cloud-config\n.*docker\.io/s);
    const open = inputsOf<{ inbounds: { ports: string }[]; inboundPolicy: string }>(find('firewall'));
    assert.deepEqual([open.inboundPolicy, open.inbounds.map(({ ports }) => ports)], ['DROP', ['22', '80', '443']]);
    assert.deepEqual(find('page')?.inputs, {
      domainId: 12,
      name: 'daily',
      recordType: 'A',
      target: '192.0.2.10',
      ttlSec: 300,
    });
    const { connection } = inputsOf<{ connection: { secret: object } }>(find('folders'));
    assert.deepEqual(connection.secret, {
      host: '192.0.2.10',
      user: 'shop',
      port: 22,
      hostKey: 'ssh-ed25519 BBBB',
      dialErrorLimit: 60,
      perDialTimeout: 15,
    });
    assert.match(
      String(find('docker')?.inputs['sshOpts']),
      /ConnectionAttempts=30.*StrictHostKeyChecking=yes.*UserKnownHostsFile=~\/\.ssh\/nightshift-host-/,
    );
  });

  test('a host key reaches Docker’s ssh too, in a file of its own; a new host without one shows its key first', async (t) => {
    const sshOpts = async (more: Record<string, string>) => {
      const all = await declaredResources({ ...shop, sshKeyFile: '/dev/null', ...more });
      return String(all.find(({ name }) => name === 'docker')?.inputs['sshOpts']);
    };
    const options = await sshOpts({ sshHostKey: 'ssh-ed25519 AAAA shop' });
    const [, file = ''] = /StrictHostKeyChecking=yes","-o","UserKnownHostsFile=~\/([^"]+)"/.exec(options) ?? [];
    const written = path.join(userInfo().homedir, file);
    t.after(() => rmSync(written));
    assert.equal(readFileSync(written, 'utf8'), '* ssh-ed25519 AAAA shop\n');
    const made = {
      sshHost: '',
      hostCreate: 'true',
      hostLabel: 'box',
      hostRegion: 'us-ord',
      hostPublicKey: 'ssh-ed25519 A',
    };
    assert.match(await sshOpts(made), /StrictHostKeyChecking=accept-new/);
  });

  test('labels of keys fit Linode however long the bucket’s name is', async () => {
    const all = await declaredResources({ ...shop, bucket: 'b'.repeat(63) });
    const labels = all.filter(({ type }) => type.endsWith(':ObjectStorageKey')).map(({ inputs }) => inputs['label']);
    assert.deepEqual(labels, [`${'b'.repeat(41)}-jobs-key`, `${'b'.repeat(36)}-read-only-key`]);
  });

  test('an existing host gets no firewall unless the config says so', async () => {
    assert.ok(!namesOf(await declaredResources(shop)).includes('Firewall firewall'));
    const { inbounds } = (await one('firewall', { ...shop, hostFirewall: 'true', sshPort: '2222' })).inputs;
    assert.deepEqual(
      (inbounds as { ports: string }[]).map(({ ports }) => ports),
      ['2222', '80', '443'],
    );
  });

  test('a Linode found by its label', async () => {
    const { inputs } = await one('docker', { ...shop, sshHost: '', hostLabel: 'shop-host' });
    assert.equal(inputs['host'], 'ssh://shop@192.0.2.7:22');
  });

  test('on Swarm: the same service, with Docker secrets, on the node with the disk, with rollback', async () => {
    const mail = {
      ...shop,
      engine: 'swarm',
      swarmNode: 'disk-host',
      summary: 'false',
      storeFolder: '/srv/b',
      bucket: '',
    };
    const all = await declaredResources(
      { ...mail, smtpHost: 'm.example.com', smtpUser: 'u' },
      { smtpPassword: 'correct-horse' },
    );
    const service = all.find(({ type }) => type.endsWith(':Service'));
    const secret = all.find(({ type }) => type.endsWith(':Secret'));
    assert.deepEqual(secret?.inputs['data'], { secret: Buffer.from('correct-horse').toString('base64') });
    assert.match(String(secret?.inputs['name']), /^sqlite-backup-SMTP_PASSWORD-[0-9a-f]{12}$/);
    const { taskSpec, updateConfig, mode } = inputsOf<Record<string, Record<string, unknown>>>(service);
    assert.deepEqual(mode, { replicated: { replicas: 1 } });
    assert.deepEqual(taskSpec?.['placement'], { constraints: ['node.hostname==disk-host'] });
    assert.deepEqual(updateConfig, {
      parallelism: 1,
      order: 'stop-first',
      monitor: '30s',
      maxFailureRatio: '0.0',
      failureAction: 'rollback',
    });
    assert.deepEqual(taskSpec?.['networksAdvanceds'], [{ id: 'swarm-network-id', aliases: ['sqlite-backup'] }]);
    const spec = taskSpec?.['containerSpec'] as Record<string, unknown>;
    const { startPeriod } = spec['healthcheck'] as { startPeriod: string };
    assert.equal(startPeriod, '10m');
    assert.deepEqual(
      [spec['user'], spec['readOnly'], spec['capDrops'], spec['stopGracePeriod'], spec['secrets']],
      [
        '1000:1000',
        true,
        ['ALL'],
        '15m10s',
        [
          {
            secretId: 'sqlite-backup-SMTP_PASSWORD-id',
            secretName: secret?.inputs['name'],
            fileName: '/run/secrets/SMTP_PASSWORD',
            fileUid: '1000',
            fileGid: '1000',
            fileMode: 0o400,
          },
        ],
      ],
    );
    assert.ok(!all.some(({ type }) => type.endsWith(':Container')));
  });

  test('several hosts: one bucket, and each resource name of a host ends with the host’s name', async () => {
    const hosts = [
      { name: 'east', sshHost: '192.0.2.1', databases: 'east.db', summary: false },
      { name: 'west', sshHost: '192.0.2.2', databases: 'west.db', summary: false },
    ];
    const names = namesOf(await declaredResources({ ...shop, hosts: JSON.stringify(hosts) }));
    assert.deepEqual(
      names.filter((name) => /^(Container|ObjectStorageBucket|docker|Image)/.test(name)),
      [
        'ObjectStorageBucket bucket',
        'docker docker-east',
        'docker docker-west',
        'Image sqlite-backup-east',
        'Container sqlite-backup-east',
        'Image sqlite-backup-west',
        'Container sqlite-backup-west',
      ],
    );
  });

  test('Caddy is the reverse proxy of the page, without root', async () => {
    const page = { summaryUrl: 'https://daily.example.com', summaryProxy: 'caddy' };
    const all = await declaredResources(
      { ...shop, ...page },
      { sitePasswordHash: 'h', siteSigningKey: 'k'.repeat(16) },
    );
    const caddy = all.find(({ name }) => name === 'nightshift-caddy');
    assert.match(
      String(all.find(({ name }) => name === 'caddy-joined')?.inputs['stdin']),
      /NAME=nightshift-caddy .*These containers share the network/s,
      'an `up` that replaces it names those in its network first',
    );
    assert.deepEqual(
      [caddy?.inputs['user'], caddy?.inputs['capabilities'], caddy?.inputs['ports']],
      [
        '1000:1000',
        { drops: ['ALL'], adds: ['NET_BIND_SERVICE'] },
        [
          { internal: 8080, external: 80, protocol: 'tcp' },
          { internal: 8443, external: 443, protocol: 'tcp' },
        ],
      ],
    );
  });
});

/** The inputs of a resource that must be there, as the shape the test expects. */
function inputsOf<T>(found: DeclaredResource | undefined): T {
  assert.ok(found);
  return found.inputs as T;
}

async function containers(
  config: Record<string, string>,
  secrets: Record<string, string> = {},
): Promise<DeclaredResource[]> {
  return (await declaredResources(config, secrets)).filter(({ type }) => type.endsWith(':Container'));
}

function mountOf(all: readonly DeclaredResource[]): string {
  return String(all.find(({ name }) => name === 'mount')?.inputs['stdin']);
}
