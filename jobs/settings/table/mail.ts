import * as rule from '../rules.ts';
import { setting } from '../setting.ts';

export const mail = [
  setting({
    environment: 'SMTP_HOST',
    stack: 'smtpHost',
    rule: rule.mailServer,
    readBy: ['backup', 'summary'],
    meaning: 'mail server for alerts and summaries; reached directly, never through a proxy',
  }),
  setting({
    environment: 'SMTP_PORT',
    stack: 'smtpPort',
    rule: rule.whole(1, 65_535),
    default: '465',
    onlyWith: 'smtpHost',
    readBy: ['backup', 'summary'],
    meaning: '465: TLS from the start; any other: STARTTLS',
  }),
  setting({
    environment: 'SMTP_USER',
    stack: 'smtpUser',
    rule: rule.text,
    onlyWith: 'smtpHost',
    readBy: ['backup', 'summary'],
    meaning: 'mail account',
  }),
  setting({
    environment: 'SMTP_PASSWORD',
    stack: 'smtpPassword',
    rule: rule.text,
    secret: true,
    perHost: false,
    onlyWith: 'smtpHost',
    readBy: ['backup', 'summary'],
    meaning: 'password of `SMTP_USER`',
  }),
  setting({
    environment: 'SMTP_FROM',
    stack: 'smtpFrom',
    rule: rule.text,
    onlyWith: 'smtpHost',
    readBy: ['backup', 'summary'],
    meaning: 'sender; else `SMTP_USER`',
  }),
  setting({
    environment: 'SMTP_EHLO_NAME',
    stack: 'smtpEhloName',
    rule: rule.ehloName,
    onlyWith: 'smtpHost',
    readBy: ['backup', 'summary'],
    meaning: 'name given to the mail server (EHLO); else the domain of `SMTP_FROM`',
  }),
  setting({
    environment: 'ALERT_RECIPIENTS',
    stack: 'alertRecipients',
    rule: rule.mailAddresses,
    readBy: ['backup', 'summary'],
    meaning: 'who gets a mail when backups or summaries fail and when they work again, separated by commas',
  }),
] as const;
