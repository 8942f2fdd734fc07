import type { ConfigMap } from '@pulumi/pulumi/automation/index.js';
import type { Scene } from './scene.ts';

/** The stack of a small shop on the scene's host, as a person would have set it. */
export function shopConfig(scene: Scene, more: Readonly<Record<string, string>> = {}): ConfigMap {
  const plain = {
    sshHost: scene.sshd.host,
    sshPort: String(scene.sshd.port),
    sshKeyFile: scene.sshd.keyFile,
    bucket: `shop-${scene.suffix}`,
    bucketRegion: 'sg-sin-2',
    dataFolder: scene.host.data,
    stateFolder: scene.host.state,
    configFolder: scene.host.config,
    commandFolder: scene.host.command,
    healthTimeoutSeconds: '40',
    memoryMiB: '512',
    smtpHost: scene.mailAt.host,
    smtpPort: String(scene.mailAt.port),
    smtpUser: scene.mail.smtp.login?.user ?? '',
    smtpFrom: 'Nightshift <backup@example.com>',
    alertRecipients: 'owner@example.com',
    summaryRecipients: 'owner@example.com',
    summaryPort: '18080',
    timeZone: 'UTC',
    ...more,
  };
  const secret = { smtpPassword: scene.mail.smtp.login?.password ?? '' };
  return {
    ...configOf(plain, false),
    ...configOf(secret, true),
  };
}

export function configOf(values: Readonly<Record<string, string>>, secret: boolean): ConfigMap {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`nightshift:${key}`, { value, secret }]));
}
