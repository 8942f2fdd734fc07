import type { FailureCode } from '../../runtime/errors.ts';
import type { Smtp } from '../../settings/smtp.ts';
import type { RefusalKind } from './mail-reply.ts';

/** One try at sending one mail. `name`: what this host called itself, null when that was left to its own name. */
export type MailAttempt = {
  readonly smtp: Smtp;
  readonly to: string;
  readonly name: string | null;
  readonly handedOver: boolean;
};

/**
 * Code, message and hint for a refusal of a kind; `reply` is the server's. MAIL_NOT_ALLOWED and MAIL_DEFERRED leave
 * the recipient to a later try, MAIL_REJECTED is final for this mail.
 */
export function refusalExplanation(
  kind: RefusalKind,
  attempt: MailAttempt,
  reply: string,
): readonly [FailureCode, message: string, hint: string] {
  const { smtp, to } = attempt;
  const server = `The mail server ${smtp.host}:${smtp.port}`;
  const refused = (code: FailureCode, what: string, hint: string) =>
    [code, `${server} refuses ${what}: ${reply}.`, hint] as const;
  const deferred = (hint: string) =>
    ['MAIL_DEFERRED', `${server} does not take the mail to ${to} now: ${reply}.`, hint] as const;
  switch (kind) {
    case 'name':
      return refused(
        'MAIL_NOT_ALLOWED',
        `the name${attempt.name === null ? '' : ` ${attempt.name}`} that this host gives`,
        nameHint,
      );
    case 'greeting':
      return deferred(
        `Nothing, if a later try works. If it persists, the server may not like the name that this host gives. ${nameHint}`,
      );
    case 'host':
      return refused('MAIL_NOT_ALLOWED', 'this host', hostHint);
    case 'sender':
      return refused(
        'MAIL_NOT_ALLOWED',
        `the sender ${smtp.from}`,
        'Set SMTP_FROM to an address this account may send from.',
      );
    case 'relay':
      return refused('MAIL_NOT_ALLOWED', `to pass mail on to ${to}`, smtp.login === null ? relayHint : relayLoginHint);
    case 'login':
      return ['MAIL_LOGIN', `${server} ${loginFinding(smtp)}: ${reply}.`, loginHint];
    case 'quota':
      return deferred(quotaHint);
    case 'mailbox':
      return deferred(`A mailbox is full, that of ${to} or this account’s own; a later try works once there is room.`);
    case 'busy':
      return deferred(`Nothing, if a later try works; if it persists, ${askProvider}.`);
    case 'recipient':
      return refused(
        'MAIL_REJECTED',
        `the recipient ${to}`,
        `Check the address ${to} among the recipients; if it is right, ${askProvider}.`,
      );
    case 'size':
      return refused('MAIL_REJECTED', `the mail to ${to}`, `It is too large for this server: ${askProvider}.`);
    case 'mail':
      return refused('MAIL_REJECTED', `the mail to ${to}`, `Check SMTP_FROM; if it is right, ${askProvider}.`);
  }
}

const askProvider = 'show this reply to the mail provider';
const nameHint =
  'Set SMTP_EHLO_NAME to the full name of this host, or to the name that the mail provider asks for; without it the domain of SMTP_FROM is given.';
const hostHint = `Check SMTP_HOST and SMTP_PORT; if they are right, ${askProvider}: this host may be on a block list.`;
const relayHint = 'Set SMTP_USER and SMTP_PASSWORD, or let the mail server pass mail on for this host.';
const relayLoginHint = `Check that SMTP_HOST is the outgoing server of the account; if it is, ${askProvider}.`;
const loginHint = 'Check SMTP_USER and SMTP_PASSWORD; some providers want an application password.';
const quotaHint =
  'The account has sent as much as it may for now; a later try works when its hour or day is over. If it happens again, ask the mail provider for the limit and look what else sends through this account.';

function loginFinding({ login }: Smtp): string {
  return login === null ? 'requires a login and none is set' : `does not accept the login of ${login.user}`;
}
