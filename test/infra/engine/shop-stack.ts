import type { ConfigMap } from '@pulumi/pulumi/automation/index.js';
import type { DeploymentFixture } from './deployment-fixture.ts';

/** The stack of a small shop on the fixture's host, as a person would configure it. */
export function shopConfig(fixture: DeploymentFixture, more: Readonly<Record<string, string>> = {}): ConfigMap {
  const plain = {
    sshHost: fixture.sshd.host,
    sshPort: String(fixture.sshd.port),
    sshKeyFile: fixture.sshd.keyFile,
    sshHostKey: fixture.sshd.hostKey,
    bucket: `shop-${fixture.suffix}`,
    bucketRegion: 'sg-sin-2',
    dataFolder: fixture.host.data,
    stateFolder: fixture.host.state,
    configFolder: fixture.host.config,
    commandFolder: fixture.host.command,
    healthTimeoutSeconds: '40',
    memoryMiB: '512',
    smtpHost: fixture.mailAt.host,
    smtpPort: String(fixture.mailAt.port),
    smtpUser: fixture.mail.smtp.login?.user ?? '',
    smtpFrom: 'Nightshift <backup@example.com>',
    alertRecipients: 'owner@example.com',
    summaryRecipients: 'owner@example.com',
    summaryPort: '18080',
    timeZone: 'UTC',
    ...more,
  };
  const secret = { smtpPassword: fixture.mail.smtp.login?.password ?? '' };
  return {
    ...configOf(plain, false),
    ...configOf(secret, true),
  };
}

export function configOf(values: Readonly<Record<string, string>>, secret: boolean): ConfigMap {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`nightshift:${key}`, { value, secret }]));
}
