import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { initStack } from '../../../infra/init-stack/init-stack.ts';
import { readStackConfig } from '../../../infra/stack/stack-config.ts';
import type { CliContext } from '../../../jobs/runtime/cli-context.ts';
import { systemClock } from '../../../jobs/runtime/clock.ts';
import { asFailure } from '../../../jobs/runtime/errors.ts';
import { needs } from '../../lab/parts.ts';
import { checkout, createProject } from '../pulumi-project.ts';

/** A project with no stacks yet, and the real pulumi CLI with its state in a folder. */
function createFixture(t: TestContext) {
  const { folder, environment, stackFileValues: written } = createProject(t);
  let out = '';
  const context: CliContext = {
    environment,
    clock: systemClock,
    signal: t.signal,
    out: (text) => {
      out += text;
    },
    err: () => {},
    interactive: false,
  };
  const stack = { folder, stack: 'test' };
  const file = path.join(folder, '.env');
  return {
    context,
    stack,
    file,
    printed: () => out,
    written: () => Object.fromEntries(Object.entries(written('test')).map(([key, { value }]) => [key, value])),
    stackFile: () => readFileSync(path.join(folder, 'Pulumi.test.yaml'), 'utf8'),
    values: async () =>
      Object.fromEntries([...(await readStackConfig(stack, context))].map(([key, { value }]) => [key, value])),
    /** What a person reads at the end: the failure's message and hint, or nothing. */
    async run(dryRun = false): Promise<string> {
      try {
        await initStack({ stack, file, dryRun }, context);
        return '';
      } catch (error) {
        const { code, message, hint } = asFailure(error);
        return `${code}: ${message}\n${hint}`;
      }
    },
  };
}

const old = `# the shell scripts' settings
export LINODE_BUCKET="zygy-backups-service"
export LINODE_REGION="sg-sin-1"
LINODE_SECRET_KEY=abc
BACKUP_RETENTION_DAILY=20
SMTP_PASSWORD='-a $ecret "pass" word#1'   # of the mail account
LOG_LEVEL=debug
TODAY=$(date)
STATE_DIR=/state
`;

test(
  'the old settings become config, the password encrypted and never printed, the rest listed',
  needs('pulumi'),
  async (t) => {
    const { file, run, printed, written, stackFile } = createFixture(t);
    writeFileSync(file, old);
    assert.equal(
      await run(),
      `SETTINGS_INVALID: The stack test still lacks 5 keys.
Run it in a terminal, which prompts for them, or set each:
pulumi config set --stack test nightshift:sshHost   # IP or name of the existing host, such as 172.237.81.37
pulumi config set --stack test nightshift:dataFolder   # folder of the databases on the host
pulumi config set --stack test nightshift:bucketRegion   # region of the bucket as the API calls it: sg-sin-2, not sg-sin-1
pulumi config set --stack test nightshift:summaryRecipients   # who gets the daily summary, separated by commas
pulumi config set --stack test --secret linode:token   # Linode API token (cloud.linode.com/profile/tokens)`,
    );
    assert.equal(
      printed(),
      `skipped     LINODE_REGION: an S3 host name, not a region: set nightshift:bucketRegion (sg-sin-1 is in region sg-sin-2)
skipped     LINODE_SECRET_KEY: \`up\` creates its own keys for the bucket
skipped     LOG_LEVEL: not a nightshift setting
skipped     STATE_DIR: set by the deployment
skipped     line 8: has a part that only a shell can expand ($… or \`…\`)
set         nightshift:bucket = zygy-backups-service
set         nightshift:backupRetentionDaily = 20
set         nightshift:smtpPassword = (secret)
set         nightshift:bucketAdopt = true
`,
    );
    assert.deepEqual(written(), {
      'nightshift:bucket': 'zygy-backups-service',
      'nightshift:backupRetentionDaily': '20',
      'nightshift:bucketAdopt': 'true',
      'nightshift:smtpPassword': '-a $ecret "pass" word#1',
    });
    assert.match(stackFile(), /nightshift:smtpPassword:\n\s+secure: v1:/);
    assert.doesNotMatch(stackFile(), /ecret "pass/);
  },
);

/** A stack that needs no Linode: another S3 server. */
const elsewhere = `LINODE_ENDPOINT=https://s3.shop.example
LINODE_BUCKET=shop
LINODE_ACCESS_KEY=key
LINODE_SECRET_KEY=secret
`;

test(
  'another S3 server keeps its keys; a second import changes nothing; a new value is written',
  needs('pulumi'),
  async (t) => {
    const { file, run, printed, values } = createFixture(t);
    writeFileSync(file, elsewhere);
    await run();
    writeFileSync(file, elsewhere.replace('=secret', '=changed'));
    await run();
    assert.equal(
      printed(),
      `set         nightshift:s3Endpoint = https://s3.shop.example
set         nightshift:s3Bucket = shop
set         nightshift:s3AccessKey = (secret)
set         nightshift:s3SecretKey = (secret)
unchanged   nightshift:s3Endpoint
unchanged   nightshift:s3Bucket
unchanged   nightshift:s3AccessKey
set         nightshift:s3SecretKey = (secret)
`,
    );
    assert.equal((await values())['nightshift:s3SecretKey'], 'changed');
  },
);

test('a dry run prints what it would set and what is missing, and creates no stack', needs('pulumi'), async (t) => {
  const { file, run, printed, values } = createFixture(t);
  writeFileSync(file, elsewhere);
  assert.equal(await run(true), '');
  assert.equal(
    printed(),
    `would set   nightshift:s3Endpoint = https://s3.shop.example
would set   nightshift:s3Bucket = shop
would set   nightshift:s3AccessKey = (secret)
would set   nightshift:s3SecretKey = (secret)
missing     nightshift:sshHost: IP or name of the existing host, such as 172.237.81.37
missing     nightshift:dataFolder: folder of the databases on the host
missing     nightshift:summaryRecipients: who gets the daily summary, separated by commas
Nothing was written.
`,
  );
  await assert.rejects(values(), /no stack named/);
});

test('an invalid value stops it before anything is written', needs('pulumi'), async (t) => {
  const { file, run, values } = createFixture(t);
  writeFileSync(file, 'LINODE_BUCKET=shop\nBACKUP_RETENTION_DAILY=many\n');
  assert.equal(
    await run(),
    `SETTINGS_INVALID: 1 value of ${file} cannot be used; nothing was written.
BACKUP_RETENTION_DAILY (nightshift:backupRetentionDaily): a whole number from 1 to 10,000 is needed`,
  );
  await assert.rejects(values(), /no stack named/);
});

test('the production stack of the checkout lacks only secrets and who gets the summary', needs('pulumi'), async (t) => {
  const { stack, printed, run, file } = createFixture(t);
  cpSync(path.join(checkout, 'Pulumi.prod.yaml'), path.join(stack.folder, 'Pulumi.test.yaml'));
  writeFileSync(file, '');
  assert.equal(await run(true), '');
  const missing = printed().match(/^missing {5}\w+:\w+/gm);
  assert.deepEqual(missing, [
    'missing     nightshift:summaryRecipients',
    'missing     nightshift:sitePasswordHash',
    'missing     nightshift:siteSigningKey',
    'missing     linode:token',
  ]);
});

test('a missing file, a missing CLI, a missing passphrase', needs('pulumi'), async (t) => {
  const { file, run, stack, context } = createFixture(t);
  assert.equal(await run(), `ARGUMENT_INVALID: ${file} cannot be read (ENOENT).\nCheck the path after --from-env.`);
  const without = (change: CliContext['environment']) =>
    initStack(
      { stack, file: null, dryRun: false },
      {
        ...context,
        environment: { ...context.environment, ...change },
      },
    );
  await assert.rejects(without({ PATH: '/nowhere' }), {
    code: 'PULUMI_MISSING',
    message: 'The pulumi CLI is not on the PATH.',
  });
  await assert.rejects(without({ PULUMI_CONFIG_PASSPHRASE: undefined }), {
    code: 'PULUMI_FAILED',
    hint: 'set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the passphrase of this stack.',
  });
});
