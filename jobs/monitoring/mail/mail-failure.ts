import { Failure, type FailureCode } from '../../runtime/errors.ts';
import type { Smtp } from '../../settings/smtp.ts';
import { type MailAttempt, refusalExplanation } from './mail-refusal.ts';
import { refusalKindOf } from './mail-reply.ts';

type MailExplanation = readonly [FailureCode, message: string, hint: string];

/** What nodemailer puts on its errors. */
type SmtpError = {
  readonly code?: string;
  readonly originalCode?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
  readonly timeoutType?: string;
};

const unreachableCodes = new Set(['EDNS', 'ESOCKET', 'ECONNECTION', 'ETIMEDOUT', 'EPROTOCOL']);
const longestReply = 200;

/** The Failure that an error of the SMTP conversation means. Names server, recipient and the SMTP_ variables, no secret. */
export function mailFailure(error: unknown, attempt: MailAttempt): Failure {
  if (error instanceof Failure && !attempt.handedOver) return error;
  const [code, message, hint] = explanationOf(error, attempt);
  return new Failure(code, message, hint, error);
}

function explanationOf(error: unknown, attempt: MailAttempt): MailExplanation {
  const { smtp, to, handedOver } = attempt;
  const { code, originalCode = '', command = '', responseCode, response, timeoutType } = (error ?? {}) as SmtpError;
  const message = error instanceof Error ? error.message : String(error);
  const server = `${smtp.host}:${smtp.port}`;
  const replyText = withoutSecrets(response ?? message, smtp);

  if (handedOver && responseCode === undefined) {
    return [
      'MAIL_UNCERTAIN',
      `The connection to ${server} was lost after the mail to ${to} was handed over (${replyText}); it may or may not arrive.`,
      `Ask ${to} whether it came before sending it again.`,
    ];
  }
  if (code === 'ETLS' || isTlsCode(originalCode)) {
    return [
      'MAIL_TLS',
      `No safe connection to the mail server ${server}: ${replyText}.`,
      'Check that SMTP_HOST is the name that the certificate is for and that SMTP_PORT fits: 465 for TLS from the start, 587 for STARTTLS. A private certificate authority goes into NODE_EXTRA_CA_CERTS.',
    ];
  }
  if (responseCode !== undefined) {
    const reply = { command, code: responseCode, text: response ?? message };
    return refusalExplanation(
      code === 'EAUTH' && responseCode >= 500 ? 'login' : refusalKindOf(reply),
      attempt,
      replyText,
    );
  }
  if (code === 'EAUTH' || code === 'ENOAUTH') return refusalExplanation('login', attempt, replyText);
  if (unreachableCodes.has(code ?? '')) {
    return [
      'MAIL_UNREACHABLE',
      `No connection to the mail server ${server}: ${replyText}.`,
      hintOf(originalCode, timeoutType),
    ];
  }
  if (code === 'EENVELOPE') {
    return refusalExplanation(/^Invalid sender/.test(message) ? 'sender' : 'recipient', attempt, replyText);
  }
  return [
    'MAIL_FAILED',
    `The mail to ${to} could not be sent through ${server}: ${replyText}.`,
    'Check the SMTP_ settings; if they are right, report this text.',
  ];
}

function hintOf(originalCode: string, timeoutType: string | undefined): string {
  if (originalCode === 'ENOTFOUND') return 'Check the spelling of SMTP_HOST, and DNS on this host.';
  if (timeoutType === 'GREETING_TIMEOUT') {
    return 'Check SMTP_PORT: 465 is for TLS from the start, 587 for STARTTLS; a server that waits for the other never responds.';
  }
  return 'Check SMTP_HOST and SMTP_PORT, and that this host may connect out (many providers block port 25).';
}

/** Codes of Node's TLS layer and of OpenSSL's certificate checks. */
function isTlsCode(code: string): boolean {
  return /^ERR_(SSL|TLS)_|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^EPROTO$/.test(code);
}

/** One line of the server's reply, which may echo what it was sent. */
function withoutSecrets(text: string, { login }: Smtp): string {
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  const secrets =
    login === null ? [] : [login.password, base64(login.password), base64(`\0${login.user}\0${login.password}`)];
  return secrets.reduce((left, secret) => left.replaceAll(secret, '***'), line).slice(0, longestReply);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
