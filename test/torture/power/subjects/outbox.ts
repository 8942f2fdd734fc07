import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sendDay } from '../../../../jobs/summary/send-day.ts';
import { day, makeSummaryScene } from '../../../summary/scene.ts';
import { endingsOf } from '../../endings.ts';
import type { PowerCutSubject } from '../power-cuts.ts';

const recipients = ['first@example.com', 'second@example.com'];

export const outboxSubject: PowerCutSubject = {
  name: 'summary’s outbox',
  promise: 'a mail that was written to the outbox, on a disk of its own, is there whole',
  async prepare(folder) {
    const endings = endingsOf();
    const { deps } = makeSummaryScene(endings, { recipients, environment: { SUMMARY_OUTBOX: folder } });
    const whole = new Map<string, string>();
    return {
      async run(mark) {
        const mailer: typeof deps.mailer = async (mail, ...rest) => {
          const written = await deps.mailer(mail, ...rest);
          const file = readdirSync(folder).find((name) => name.endsWith('.eml') && !whole.has(name)) ?? 'no new mail';
          whole.set(file, readFileSync(path.join(folder, file), 'utf8'));
          mark(file);
          return written;
        };
        await sendDay(day, recipients, { ...deps, mailer });
      },
      async check(marks) {
        const text = (name: string) => {
          const file = path.join(folder, name);
          return existsSync(file) ? readFileSync(file, 'utf8') : null;
        };
        const lost = marks.filter((name) => text(name) !== whole.get(name));
        return lost.map((name) => `${name} was written, and is ${text(name) === null ? 'lost' : 'damaged'}`);
      },
      close: endings.run,
    };
  },
};
