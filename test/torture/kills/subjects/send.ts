import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openSummaryStoreReadOnly } from '../../../../jobs/summary/storage/summary-store.ts';
import { nightshift, startNightshift } from '../../../nightshift.ts';
import { startSmtpServer } from '../../../smtp-server.ts';
import { day, makeSummaryScene } from '../../../summary/scene.ts';
import { endingsOf } from '../../endings.ts';
import type { KillSubject } from '../kills.ts';

const recipients = ['first', 'second', 'third', 'fourth', 'fifth'].map((name) => `${name}@example.com`);
const send = ['summary', 'send', '--day', day];

export const sendKills: KillSubject = {
  name: 'send to five recipients',
  promise: 'sent again, nobody has the mail twice, and whoever may lack it is known to be uncertain',
  kills: 40,
  async prepare() {
    const endings = endingsOf();
    const server = await startSmtpServer({ security: 'plain' });
    endings.after(() => server.close());
    const smtp = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.smtp.port), SMTP_FROM: 'shop@example.com' };
    const { environment, folder } = makeSummaryScene(endings, { recipients, environment: smtp });
    let round = 0;
    let mailsBefore = 0;
    const fresh = () => ({ ...environment, STATE_DIR: path.join(folder, `state-${round}`) });
    return {
      async start() {
        round += 1;
        mailsBefore = server.mails.length;
        mkdirSync(fresh().STATE_DIR);
        return startNightshift(send, fresh());
      },
      async check() {
        const { out, err } = await nightshift(send, fresh());
        const got = server.mails.slice(mailsBefore).flatMap(({ to }) => to);
        const store = openSummaryStoreReadOnly(fresh().STATE_DIR);
        const deliveries = store?.ledger.ofDay(day) ?? [];
        store?.close();
        return recipients.flatMap((recipient) => {
          const mails = got.filter((to) => to === recipient).length;
          const state = deliveries.find((delivery) => delivery.recipient === recipient)?.state;
          const isRight =
            mails === 1 ? state === 'accepted' || state === 'uncertain' : mails === 0 && state === 'uncertain';
          return isRight ? [] : [`${recipient} got ${mails} mails and is ${state}\n${out}${err}`];
        });
      },
      close: endings.run,
    };
  },
};
