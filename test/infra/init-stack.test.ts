import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { initStack } from '../../infra/init-stack/init-stack.ts';
import type { StackKey } from '../../infra/init-stack/plan.ts';
import { readStackValues } from '../../infra/init-stack/stack-values.ts';
import { systemClock } from '../../jobs/platform/clock.ts';
import type { CliContext } from '../../jobs/platform/context.ts';
import { asFailure } from '../../jobs/platform/errors.ts';
import { needs } from '../lab.ts';

const whole = (value: string) => (/^\d+$/.test(value) ? null : 'a whole number');
const base = { secret: false, required: false, default: null, problem: () => null };
const keys: StackKey[] = [
  { ...base, key: 'nightshift:host', meaning: 'address of the host', required: true, variable: null },
  { ...base, key: 'nightshift:bucket', meaning: 'bucket name', variable: 'LINODE_BUCKET' },
  {
    ...base,
    key: 'nightshift:keep',
    meaning: 'daily backups kept',
    variable: 'BACKUP_RETENTION_DAILY',
    problem: whole,
  },
  { ...base, key: 'nightshift:smtpPassword', meaning: 'mail password', secret: true, variable: 'SMTP_PASSWORD' },
];

/** A project with no stacks yet, and the real pulumi CLI with its state in a folder. */
function scene(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-stack-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, 'state'));
  writeFileSync(path.join(folder, 'Pulumi.yaml'), 'name: nightshift\nruntime: nodejs\n');
  let out = '';
  const context: CliContext = {
    environment: {
      PATH: `${path.dirname(process.env['LAB_PULUMI'] ?? '/nowhere')}:/usr/bin:/bin`,
      HOME: folder,
      PULUMI_HOME: path.join(folder, 'home'),
      PULUMI_BACKEND_URL: `file://${path.join(folder, 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'made for this test',
    },
    clock: systemClock,
    signal: t.signal,
    out: (text) => {
      out += text;
    },
    err: () => {},
    interactive: false,
  };
  const place = { folder, stack: 'test' };
  const file = path.join(folder, '.env');
  return {
    context,
    place,
    file,
    printed: () => out,
    stackFile: () => readFileSync(path.join(folder, 'Pulumi.test.yaml'), 'utf8'),
    values: async () => Object.fromEntries(await readStackValues(place, context)),
    /** What a person reads at the end: the failure's sentence and cure, or nothing. */
    async run(dryRun = false): Promise<string> {
      try {
        await initStack({ place, file, dryRun }, keys, context);
        return '';
      } catch (error) {
        const { code, message, cure } = asFailure(error);
        return `${code}: ${message}\n${cure}`;
      }
    },
  };
}

const old = `# the shell scripts' settings
export LINODE_BUCKET="zygy-backups-service"
BACKUP_RETENTION_DAILY=20
SMTP_PASSWORD='-a $ecret "pass" word#1'   # of the mail account
LOG_LEVEL=debug
TODAY=$(date)
`;

test(
  'the old settings become config, the password encrypted and never printed, the rest named',
  needs('pulumi'),
  async (t) => {
    const { file, run, printed, values, stackFile } = scene(t);
    writeFileSync(file, old);
    assert.equal(
      await run(),
      `SETTINGS_INVALID: 1 value of the stack test are still missing.
Run it in a terminal, which asks for them, or set each:
pulumi config set --stack test nightshift:host   # address of the host`,
    );
    assert.equal(
      printed(),
      `left aside  LOG_LEVEL: no setting of nightshift
left aside  line 6: has a part that only a shell can work out ($… or \`…\`)
set         nightshift:bucket = zygy-backups-service
set         nightshift:keep = 20
set         nightshift:smtpPassword = (secret)
`,
    );
    assert.deepEqual(await values(), {
      'nightshift:bucket': 'zygy-backups-service',
      'nightshift:keep': '20',
      'nightshift:smtpPassword': '-a $ecret "pass" word#1',
    });
    assert.match(stackFile(), /nightshift:smtpPassword:\n\s+secure: v1:/);
    assert.doesNotMatch(stackFile(), /ecret "pass/);
  },
);

test('a second import changes nothing; a new value in the file is taken', needs('pulumi'), async (t) => {
  const { file, run, printed, values } = scene(t);
  writeFileSync(file, 'LINODE_BUCKET=shop\nSMTP_PASSWORD=one');
  await run();
  writeFileSync(file, 'LINODE_BUCKET=shop\nSMTP_PASSWORD=two');
  await run();
  assert.equal(
    printed(),
    `set         nightshift:bucket = shop
set         nightshift:smtpPassword = (secret)
unchanged   nightshift:bucket
set         nightshift:smtpPassword = (secret)
`,
  );
  assert.equal((await values())['nightshift:smtpPassword'], 'two');
});

test('a dry run says what it would set and what is missing, and makes not even a stack', needs('pulumi'), async (t) => {
  const { file, run, printed, values } = scene(t);
  writeFileSync(file, 'LINODE_BUCKET=shop\nSMTP_PASSWORD=one');
  assert.equal(await run(true), '');
  assert.equal(
    printed(),
    `would set   nightshift:bucket = shop
would set   nightshift:smtpPassword = (secret)
missing     nightshift:host: address of the host
Nothing was written.
`,
  );
  await assert.rejects(values(), /no stack named/);
});

test('a value that cannot be used stops it before anything is written', needs('pulumi'), async (t) => {
  const { file, run, values } = scene(t);
  writeFileSync(file, 'LINODE_BUCKET=shop\nBACKUP_RETENTION_DAILY=many\n');
  assert.equal(
    await run(),
    `SETTINGS_INVALID: 1 value of ${file} cannot be used; nothing was written.
BACKUP_RETENTION_DAILY (nightshift:keep): a whole number`,
  );
  await assert.rejects(values(), /no stack named/);
});

test('a file that is not there, a CLI that is not there, a passphrase that is not set', needs('pulumi'), async (t) => {
  const { file, run, place, context } = scene(t);
  assert.equal(await run(), `ARGUMENT_INVALID: ${file} cannot be read (ENOENT).\nCheck the path after --from-env.`);
  const without = (change: CliContext['environment']) =>
    initStack({ place, file: null, dryRun: false }, keys, {
      ...context,
      environment: { ...context.environment, ...change },
    });
  await assert.rejects(without({ PATH: '/nowhere' }), {
    code: 'PULUMI_MISSING',
    message: 'The pulumi CLI is not on the PATH.',
  });
  await assert.rejects(without({ PULUMI_CONFIG_PASSPHRASE: undefined }), {
    code: 'PULUMI_FAILED',
    cure: 'set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the passphrase of this stack.',
  });
});
