import type { MailPlan, SummaryPlan } from '../deployment.ts';
import type { HostConfig } from './stack.ts';

/** The mail server; half a login, or recipients without a server, is a problem. */
export function mailOf({ values, has, report }: HostConfig): MailPlan | null {
  const [user, password] = [has('smtpUser'), has('smtpPassword')];
  if (user && !password)
    report('smtpPassword', 'is not set but smtpUser is', '`pulumi config set --secret nightshift:smtpPassword`');
  if (!user && password) report('smtpUser', 'is not set but smtpPassword is', 'set it to the mail account');
  if (!has('smtpHost')) {
    if (has('alertRecipients'))
      report('smtpHost', 'is not set but alertRecipients is', 'set it, or alerts reach nobody');
    if (user) report('smtpHost', 'is not set but smtpUser is', 'set it to the mail server');
  } else if (!user && !has('smtpFrom')) {
    report('smtpFrom', 'is not set, nor is smtpUser', 'set it to the sender of the emails');
  }
  return values.smtpHost === null ? null : { host: values.smtpHost, port: values.smtpPort };
}

export function summaryOf(config: HostConfig, readFile: (file: string) => string): SummaryPlan {
  const { values, has, report } = config;
  const { summaryUrl: url } = values;
  if (!has('summaryRecipients') && !has('summaryWebhookUrl'))
    report(
      'summaryRecipients',
      'is not set but summary is true',
      'set it to who gets the daily summary, or set summaryWebhookUrl, or summary to false',
    );
  if (url !== null && !/^https:\/\/[\w.-]+\/?$/.test(url))
    report('summaryUrl', `is "${url}"`, 'set it to an address such as https://daily.example.com');
  for (const key of ['sitePasswordHash', 'siteSigningKey'] as const) {
    if (has('summaryUrl') && !has(key))
      report(key, 'is not set but summaryUrl is', `\`pulumi config set --secret nightshift:${key}\``);
  }
  return { report: reportOf(config, readFile), url, front: frontOf(config) };
}

function reportOf({ values, report }: HostConfig, readFile: (file: string) => string): string | null {
  const { summaryReport: file } = values;
  if (file === null) return null;
  try {
    return readFile(file);
  } catch {
    report('summaryReport', `names ${file}, which cannot be read`, 'check the path, from the checkout');
    return null;
  }
}

function frontOf({ values, has, report }: HostConfig): SummaryPlan['front'] {
  const { summaryProxy: kind } = values;
  if (kind !== 'port' && !has('summaryUrl'))
    report('summaryUrl', `is not set but summaryProxy is ${kind}`, 'set it: the proxy needs the name');
  if (kind === 'caddy') return { kind };
  if (kind === 'labels') return { kind, network: values.proxyNetwork };
  return { kind, port: values.summaryPort };
}
