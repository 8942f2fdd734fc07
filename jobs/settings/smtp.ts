import type { SettingProblem } from './problem.ts';
import type { JobValues } from './table.ts';

export type Smtp = {
  readonly host: string;
  readonly port: number;
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  /** What this host calls itself; null gives the domain of `from`. */
  readonly ehloName: string | null;
};

type MailValues = Pick<
  JobValues<'backup'>,
  'SMTP_HOST' | 'SMTP_PORT' | 'SMTP_USER' | 'SMTP_PASSWORD' | 'SMTP_FROM' | 'SMTP_EHLO_NAME' | 'ALERT_RECIPIENTS'
>;

/** The mail server, or null when there is none; half a login, or recipients without a server, is a problem. */
export function smtpOf(values: MailValues, problems: SettingProblem[]): Smtp | null {
  const { SMTP_HOST: host, SMTP_USER: user, SMTP_PASSWORD: password, ALERT_RECIPIENTS: recipients } = values;
  const from = values.SMTP_FROM ?? user;
  const report = (name: string, found: string, hint: string) => problems.push({ name, found, hint });
  if (user !== null && password === null)
    report('SMTP_PASSWORD', 'is not set but SMTP_USER is', 'set both, or neither');
  if (password !== null && user === null)
    report('SMTP_USER', 'is not set but SMTP_PASSWORD is', 'set both, or neither');
  if (host === null) {
    if (problems.some(({ name }) => name.startsWith('SMTP_HOST'))) return null;
    if (recipients !== null)
      report('SMTP_HOST', 'is not set but ALERT_RECIPIENTS is', 'set it, or alerts reach nobody');
    else if (user !== null) report('SMTP_HOST', 'is not set but SMTP_USER is', 'set it to the mail server');
    return null;
  }
  if (from === null) report('SMTP_FROM', 'is not set', 'set it to the sender of the emails');
  const login = user === null || password === null ? null : { user, password };
  return { host, port: values.SMTP_PORT, login, from: from ?? '', ehloName: values.SMTP_EHLO_NAME };
}
