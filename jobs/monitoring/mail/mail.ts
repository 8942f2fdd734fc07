import { Readable } from 'node:stream';
import { domainToASCII } from 'node:url';
import MailComposer, { type MailComposerOptions } from 'nodemailer/lib/mail-composer';
import SMTPConnection, { type SMTPConnectionOptions, type SMTPEnvelope } from 'nodemailer/lib/smtp-connection';
import type { Smtp } from '../../settings/smtp.ts';
import { mailFailure } from './mail-failure.ts';

/** One message to one recipient. `text` is always there; `html`, `attachments`, `headers` and `messageId` as in nodemailer. */
export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly date: Temporal.Instant;
} & Readonly<Pick<MailComposerOptions, 'html' | 'attachments' | 'headers' | 'messageId'>>;

/** What the server replied when it accepted the message. */
export type MailReceipt = { readonly messageId: string; readonly reply: string };

/** `implicit`: TLS from the start. `starttls`: no mail without STARTTLS. `loopback`: nothing leaves the machine. */
export type MailSecurity = 'implicit' | 'starttls' | 'loopback';

/** How long to wait for a connection, for the server's greeting, and for any reply after that. */
export type MailLimits = { readonly connectMs: number; readonly greetingMs: number; readonly idleMs: number };

const defaultLimits: MailLimits = { connectMs: 20_000, greetingMs: 30_000, idleMs: 120_000 };

/**
 * Sends one message to one recipient and returns once the server has taken it. Throws MAIL_UNREACHABLE, MAIL_TLS,
 * MAIL_LOGIN, MAIL_NOT_ALLOWED (this host or sender), MAIL_REJECTED (this recipient or mail, for good), MAIL_DEFERRED (a
 * later try may do) or MAIL_FAILED when it was not taken, MAIL_UNCERTAIN when nobody can know (the connection was lost, or
 * `signal` aborted, after the text was handed over), else AbortError.
 */
export async function sendMail(
  smtp: Smtp,
  mail: Mail,
  signal: AbortSignal,
  { security = securityOf(smtp), limits = defaultLimits }: { security?: MailSecurity; limits?: MailLimits } = {},
): Promise<MailReceipt> {
  const message = compose(smtp.from, mail);
  const content = await message.build();
  const { from } = message.getEnvelope();
  const name = smtp.ehloName ?? domainOf(from || '');
  let handedOver = false;
  const body = Readable.from(
    (function* () {
      handedOver = true;
      yield content;
    })(),
  );
  try {
    const reply = await submit(
      { ...connectionOptions(smtp, security, limits), ...(name !== null && { name }) },
      smtp.login,
      { from, to: mail.to },
      body,
      signal,
    );
    return { messageId: message.messageId(), reply };
  } catch (error) {
    if (signal.aborted && !handedOver) throw error;
    throw mailFailure(error, { smtp, to: mail.to, name, handedOver });
  } finally {
    body.destroy();
  }
}

/**
 * Port 465 speaks TLS from the start (RFC 8314); on any other port STARTTLS is required. Only a server on this machine
 * may go without, and its certificate, mostly self-made, is not checked.
 */
export function securityOf({ host, port }: Pick<Smtp, 'host' | 'port'>): MailSecurity {
  if (port === 465) return 'implicit';
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host) ? 'loopback' : 'starttls';
}

/**
 * The domain of an address, as EHLO can give it: many servers refuse the `[127.0.0.1]` of a container without a full name.
 * Null for one without a dot, which they refuse as well.
 */
function domainOf(address: string): string | null {
  const domain = domainToASCII(address.slice(address.lastIndexOf('@') + 1));
  return domain.includes('.') ? domain : null;
}

/** The message as it would be sent, for a file. */
export async function mailAsBytes(from: string, mail: Mail): Promise<Buffer> {
  return compose(from, mail).build();
}

function compose(from: string, { to, date, headers, ...content }: Mail) {
  return new MailComposer({
    ...content,
    from,
    to,
    date: new Date(date.epochMilliseconds),
    // RFC 3834: keeps out-of-office replies away.
    headers: { 'Auto-Submitted': 'auto-generated', ...headers },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
}

function connectionOptions(smtp: Smtp, security: MailSecurity, limits: MailLimits): SMTPConnectionOptions {
  return {
    host: smtp.host,
    port: smtp.port,
    secure: security === 'implicit',
    requireTLS: security === 'starttls',
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: security !== 'loopback' },
    connectionTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    greetingTimeout: limits.greetingMs,
    socketTimeout: limits.idleMs,
  };
}

/** The server's reply to the message. `body` is read only after the server has agreed to take it. */
async function submit(
  options: SMTPConnectionOptions,
  login: Smtp['login'],
  envelope: SMTPEnvelope,
  body: Readable,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const connection = new SMTPConnection(options);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  connection.on('error', reject);
  const send = () => connection.send(envelope, body, (error, info) => (error ? reject(error) : resolve(info.response)));
  connection.connect((error) => {
    if (error) reject(error);
    else if (login === null) send();
    else connection.login({ user: login.user, pass: login.password }, (failed) => (failed ? reject(failed) : send()));
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    connection.close();
  }
}
