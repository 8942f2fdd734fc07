import type { TestContext } from 'node:test';
import { startSmtpServer } from '../smtp-server.ts';

/** A real mail server that gets the alerts of the environment, and the subjects of what came. */
export async function alertMails(t: TestContext) {
  const server = await startSmtpServer({ security: 'plain' });
  t.after(() => server.close());
  return {
    server,
    environment: {
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(server.smtp.port),
      SMTP_FROM: 'nightshift@example.com',
      ALERT_RECIPIENTS: 'owner@example.com',
    },
    subjects: () => server.mails.map(({ parsed }) => parsed.subject),
    texts: () => server.mails.map(({ parsed }) => parsed.text ?? ''),
  };
}
