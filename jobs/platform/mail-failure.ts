import { Failure, type FailureCode } from './errors.ts';
import type { Smtp } from './settings.ts';

type Attempt = { readonly smtp: Smtp; readonly to: string; readonly handedOver: boolean };
type Explanation = readonly [FailureCode, sentence: string, cure: string];

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
export function mailFailure(error: unknown, attempt: Attempt): Failure {
  if (error instanceof Failure && !attempt.handedOver) return error;
  const [code, sentence, cure] = explanationOf(error, attempt);
  return new Failure(code, sentence, cure, error);
}

function explanationOf(error: unknown, { smtp, to, handedOver }: Attempt): Explanation {
  const { code, originalCode = '', command = '', responseCode, response, timeoutType } = (error ?? {}) as SmtpError;
  const message = error instanceof Error ? error.message : String(error);
  const server = `${smtp.host}:${smtp.port}`;
  const said = withoutSecrets(response ?? message, smtp);

  if (handedOver && responseCode === undefined) {
    return [
      'MAIL_UNCERTAIN',
      `The connection to ${server} was lost after the mail to ${to} was handed over (${said}); it may or may not arrive.`,
      `Ask ${to} whether it came before sending it again.`,
    ];
  }
  if (code === 'ETLS' || isTlsCode(originalCode)) {
    return [
      'MAIL_TLS',
      `No safe connection to the mail server ${server}: ${said}.`,
      'Check that SMTP_HOST is the name that the certificate is for and that SMTP_PORT fits: 465 for TLS from the start, 587 for STARTTLS. A private certificate authority goes into NODE_EXTRA_CA_CERTS.',
    ];
  }
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500) {
    return [
      'MAIL_DEFERRED',
      `The mail server ${server} does not take the mail to ${to} now: ${said}.`,
      'Nothing, if a later try works; if it stays, ask the mail provider with this answer.',
    ];
  }
  // 530: the server wants a login before it takes a mail (RFC 4954).
  if (code === 'EAUTH' || code === 'ENOAUTH' || responseCode === 530) {
    const who =
      smtp.login === null ? 'wants a login and none is set' : `does not accept the login of ${smtp.login.user}`;
    return [
      'MAIL_LOGIN',
      `The mail server ${server} ${who}: ${said}.`,
      'Check SMTP_USER and SMTP_PASSWORD; some providers want an application password.',
    ];
  }
  if (responseCode === undefined && unreachableCodes.has(code ?? '')) {
    return [
      'MAIL_UNREACHABLE',
      `No connection to the mail server ${server}: ${said}.`,
      cureOf(originalCode, timeoutType),
    ];
  }
  if (responseCode !== undefined || code === 'EENVELOPE') {
    const [what, refusalCure] = refusalOf(command, smtp, to);
    return ['MAIL_REJECTED', `The mail server ${server} refuses ${what}: ${said}.`, refusalCure];
  }
  return [
    'MAIL_FAILED',
    `The mail to ${to} could not be sent through ${server}: ${said}.`,
    'Check the SMTP_ settings; if they are right, report this text.',
  ];
}

/** What the server refused when it answered `command`, and the cure. */
function refusalOf(command: string, { from }: Smtp, to: string): [what: string, cure: string] {
  const askProvider = 'ask the mail provider with this answer';
  if (command === 'MAIL FROM') {
    return [`the sender ${from}`, 'Set SMTP_FROM to an address this account may send from.'];
  }
  if (command === 'RCPT TO' || command === 'API') {
    return [`the recipient ${to}`, `Check the address ${to} among the recipients; if it is right, ${askProvider}.`];
  }
  if (command === 'DATA') return [`the mail to ${to}`, `Check SMTP_FROM; if it is right, ${askProvider}.`];
  return [
    'this host',
    `Check SMTP_HOST and SMTP_PORT; if they are right, ${askProvider}: this host may be on a block list.`,
  ];
}

function cureOf(originalCode: string, timeoutType: string | undefined): string {
  if (originalCode === 'ENOTFOUND') return 'Check the spelling of SMTP_HOST, and DNS on this host.';
  if (timeoutType === 'GREETING_TIMEOUT') {
    return 'Check SMTP_PORT: 465 is for TLS from the start, 587 for STARTTLS; a server that waits for the other never answers.';
  }
  return 'Check SMTP_HOST and SMTP_PORT, and that this host may connect out (many providers block port 25).';
}

/** Codes of Node's TLS layer and of OpenSSL's certificate checks. */
function isTlsCode(code: string): boolean {
  return /^ERR_(SSL|TLS)_|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^EPROTO$/.test(code);
}

/** One line of what the server said; a server may echo what it was sent. */
function withoutSecrets(text: string, { login }: Smtp): string {
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  const secrets =
    login === null ? [] : [login.password, base64(login.password), base64(`\0${login.user}\0${login.password}`)];
  return secrets.reduce((left, secret) => left.replaceAll(secret, '***'), line).slice(0, longestReply);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
