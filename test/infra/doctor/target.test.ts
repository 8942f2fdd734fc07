import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeployment } from '../../../infra/config.ts';
import { targetOf } from '../../../infra/doctor/target-of.ts';
import { configSourceOf } from '../../../infra/stack/config-source.ts';
import { readStackFile } from '../../../infra/stack/stack-config.ts';
import { checkout } from '../pulumi-project.ts';

test('the targets of the production stack: bucket, host, data disk, three containers, two ports, mail and page', async () => {
  const file = await readStackFile({ folder: checkout, stack: 'prod' });
  const secrets = ['sitePasswordHash', 'siteSigningKey'].map((key): [string, { value: string; secret: boolean }] => [
    `nightshift:${key}`,
    { value: 'a secret of sixteen letters or more', secret: true },
  ]);
  const config = new Map([...file, ...secrets]);
  for (const key of ['smtpUser', 'smtpPassword', 'smtpFrom', 'summaryRecipients'])
    config.set(`nightshift:${key}`, { value: 'shop@shop.example', secret: key === 'smtpPassword' });
  const deployment = readDeployment(configSourceOf(config, { environment: { SSH_AUTH_SOCK: '/agent' } }));
  const target = targetOf(deployment, { token: null, url: 'https://api.linode.com', deployed: false });
  assert.deepEqual(target, {
    linode: {
      token: null,
      url: 'https://api.linode.com',
      bucket: { label: 'zygy-backups-service', region: 'sg-sin-2', ours: true },
      regions: [],
      createsHost: false,
      firewall: false,
    },
    hosts: [
      {
        name: '',
        access: { kind: 'address', ssh: { user: 'zygy', port: 22, options: [], address: '172.237.81.37' } },
        disk: { mountPoint: '/mnt/blockstorage', volume: { kind: 'mounted' } },
        ports: [80, 443],
        containers: ['sqlite-backup', 'backend-dailysummary', 'nightshift-caddy'],
        replace: true,
        mail: { host: 'smtppro13.mschosting.com', port: 465 },
        page: { name: 'daily.zygy.com', domain: null },
      },
    ],
  });
});
