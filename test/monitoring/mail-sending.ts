import assert from 'node:assert/strict';
import { type Mail, type MailSecurity, sendMail } from '../../jobs/monitoring/mail/mail.ts';
import type { Failure } from '../../jobs/runtime/errors.ts';
import { startSmtpServer, type TestSmtpServer } from '../smtp-server.ts';

export const login = { user: 'owner@example.com', password: 'correct horse' };
export const exim = '550 Invalid HELO name (See RFC2821 4.1.1.1)';
export const never = new AbortController().signal;
export const mail: Mail = {
  to: 'owner@example.com',
  subject: 'nightshift: a test of 夜 shift',
  text: 'Line one.\n\n.A line that begins with a dot.\nGrüße\n',
  date: Temporal.Instant.from('2025-11-29T18:00:00Z'),
};

/** The Failure of sending `mail` to a server, as plain values. */
export async function failureOf(server: Pick<TestSmtpServer, 'smtp'>, security: MailSecurity, signal = never) {
  const limits = { connectMs: 5000, greetingMs: 1000, idleMs: 2000 };
  const error = await sendMail(server.smtp, mail, signal, { security, limits }).then(
    () => assert.fail('the mail was sent'),
    (failure: Failure) => failure,
  );
  const withoutPort = (text: string) => text.replaceAll(String(server.smtp.port), 'PORT');
  return { code: error.code, message: withoutPort(error.message), hint: withoutPort(error.hint) };
}

/** Starts a server for one piece of work and closes it after. */
export async function withServer<T>(
  options: Parameters<typeof startSmtpServer>[0],
  work: (server: TestSmtpServer) => Promise<T>,
): Promise<T> {
  const server = await startSmtpServer(options);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
