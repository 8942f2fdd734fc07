import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireCompliance } from '../../../infra/policy/enforce.ts';
import { type PolicyResource, violationsOf } from '../../../infra/policy/rules.ts';
import { declaredResources } from './declared-resources.ts';

const bucket = 'linode:index/objectStorageBucket:ObjectStorageBucket';
const volume = 'linode:index/volume:Volume';
const container = 'docker:index/container:Container';
const service = 'docker:index/service:Service';

function broken(type: string, inputs: PolicyResource['inputs'], protect = false): string[] {
  return violationsOf({ type, name: 'it', inputs, protect });
}

describe('what is never deployed', () => {
  test('each rule, with its message', () => {
    const fine = { user: '1000:1000' };
    const cases: [string, PolicyResource['inputs'], boolean, string[]][] = [
      [bucket, { acl: 'private' }, true, []],
      [
        bucket,
        { acl: 'public-read' },
        true,
        ['it: its acl is public-read (bucket-private). A bucket of backups is private.'],
      ],
      [
        volume,
        {},
        false,
        [
          'it: it is not protected (data-protected). A bucket or volume with data is protected: no `up` and no `destroy` removes it.',
        ],
      ],
      [container, fine, false, []],
      [container, {}, false, ['it: it runs as root (no-root). A container runs as a user that is not root.']],
      [
        container,
        { user: '0:1000' },
        false,
        ['it: it runs as root (no-root). A container runs as a user that is not root.'],
      ],
      [
        container,
        { ...fine, mounts: [{ type: 'bind', source: '/var/run/docker.sock', target: '/s' }] },
        false,
        ['it: it mounts the Docker socket (no-docker-socket). A container that is always on has no Docker socket.'],
      ],
      [
        container,
        { ...fine, volumes: [{ hostPath: '/run/docker.sock', containerPath: '/s' }] },
        false,
        ['it: it mounts the Docker socket (no-docker-socket). A container that is always on has no Docker socket.'],
      ],
      [
        container,
        { ...fine, envs: ['SMTP_PASSWORD=hush', 'LINODE_SECRET_KEY_FILE=/run/secrets/K'] },
        false,
        [
          'it: its environment contains SMTP_PASSWORD (no-plain-secret). A container gets its secrets as files: nothing in `docker inspect`.',
        ],
      ],
      [
        service,
        { taskSpec: { containerSpec: { user: 'root', env: { LINODE_SECRET_KEY: 'hush' } } } },
        false,
        [
          'it: it runs as root (no-root). A container runs as a user that is not root.',
          'it: its environment contains LINODE_SECRET_KEY (no-plain-secret). A container gets its secrets as files: nothing in `docker inspect`.',
        ],
      ],
    ];
    for (const [type, inputs, protect, expected] of cases) assert.deepEqual(broken(type, inputs, protect), expected);
  });

  test('the path of a secret file is not a secret', () => {
    const envs = ['SMTP_PASSWORD_FILE=/run/secrets/SMTP_PASSWORD', 'SUMMARY_SIGNING_KEY_FILE=/run/secrets/K'];
    assert.deepEqual(broken(container, { user: '1000', envs }), []);
  });

  test('a violated rule fails the program, with its message', () => {
    assert.throws(() => requireCompliance({ type: volume, name: 'data', inputs: {}, protect: false }), {
      code: 'POLICY_VIOLATION',
      message: /^data: it is not protected/,
    });
  });

  test('the program itself violates no rule', async () => {
    const config = {
      ...{ sshHost: '192.0.2.7', bucket: 'shop-backups', bucketRegion: 'sg-sin-2', dataFolder: '/mnt/disk/data' },
      summaryRecipients: 'owner@example.com',
      ...{ disk: 'create', diskLabel: 'd', diskSize: '20', hostRegion: 'sg-sin-2', mountPoint: '/mnt/disk' },
      ...{ summaryUrl: 'https://daily.example.com', summaryProxy: 'caddy', smtpHost: 'm.example.com', smtpUser: 'u' },
    };
    const secrets = { smtpPassword: 'p', sitePasswordHash: 'h', siteSigningKey: 'k'.repeat(16) };
    for (const engine of ['container', 'swarm']) {
      const all = await declaredResources({ ...config, engine }, secrets);
      const resources = all.map(({ type, name, inputs, options }) => {
        const { secret } = (inputs['envs'] ?? {}) as { secret?: string[] };
        const seen = secret === undefined ? inputs : { ...inputs, envs: secret };
        return { type, name, inputs: seen, protect: options['protect'] === true };
      });
      assert.deepEqual(resources.flatMap(violationsOf), []);
    }
  });
});
