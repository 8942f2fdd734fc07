import { asFailure } from '../../../../jobs/runtime/errors.ts';
import { sendDay } from '../../../../jobs/summary/send-day.ts';
import { createSummaryDeps } from '../../../../jobs/summary/summary-deps.ts';
import { startSmtpServer } from '../../../smtp-server.ts';
import { day, makeSummaryScene } from '../../../summary/scene.ts';
import { endingsOf } from '../../endings.ts';
import type { PowerCutSubject } from '../power-cuts.ts';

const recipients = ['first@example.com', 'second@example.com', 'third@example.com'];

export const ledgerSubject: PowerCutSubject = {
  name: 'summary’s ledger',
  promise: 'nobody is mailed a summary twice, and nobody is left out silently',
  async prepare(folder) {
    const server = await startSmtpServer({ security: 'plain' });
    const { settings, deps: first } = makeSummaryScene(endingsOf(), {
      folder,
      recipients,
      server,
      mail: { security: 'loopback' },
    });
    const { mailer } = first;
    first.close();
    const open = () => ({ ...createSummaryDeps(settings, first), mailer });
    const send = async (changes: Partial<typeof first> = {}) => {
      const deps = { ...open(), ...changes };
      try {
        return (await sendDay(day, recipients, deps)).deliveries;
      } finally {
        deps.close();
      }
    };
    return {
      async run(mark) {
        const marking: typeof mailer = async (mail, ...rest) => {
          const sent = await mailer(mail, ...rest);
          mark(String(mail.to));
          return sent;
        };
        await send({ mailer: marking });
      },
      async check(marks) {
        const already = server.mails.length;
        try {
          const deliveries = await send();
          const now = server.mails.slice(already).flatMap(({ to }) => to);
          const uncertain = deliveries.filter(({ state }) => state === 'uncertain').map(({ recipient }) => recipient);
          const got = (recipient: string) => [...marks, ...now].filter((to) => to === recipient).length;
          return recipients.flatMap((recipient) => {
            if (got(recipient) > 1) return [`${recipient} was mailed twice`];
            return got(recipient) === 1 || uncertain.includes(recipient)
              ? []
              : [`${recipient} was not mailed, silently`];
          });
        } catch (error) {
          return [asFailure(error).message];
        }
      },
      close: () => server.close(),
    };
  },
};
