import { openHistory } from '../../../../jobs/monitoring/history/open-history.ts';
import { asFailure } from '../../../../jobs/runtime/errors.ts';
import type { PowerCutSubject } from '../power-cuts.ts';

const at = Temporal.Instant.from('2025-11-29T18:00:00Z');
const keyOf = (number: number) => `sqlite-backups/daily/shop_2025-11-${10 + number}_020000.db.gz`;
const runs = 3;

export const historySubject: PowerCutSubject = {
  name: 'run history',
  promise: 'it opens, with every run that had ended',
  async prepare(folder) {
    openHistory(folder).close();
    return {
      async run(mark) {
        const history = openHistory(folder);
        for (let number = 0; number < runs; number += 1) {
          const id = history.startRun('backup', 'shop', at);
          history.updateRun(id, { key: keyOf(number), snapshotBytes: 300 });
          history.recordVerification(keyOf(number), 'verified', at);
          history.finishRun(id, 'succeeded', at);
          mark(keyOf(number));
        }
        history.close();
      },
      async check(marks) {
        try {
          const history = openHistory(folder);
          const ended = history.runs('backup', 'shop', runs).filter(({ outcome }) => outcome === 'succeeded');
          const known = ended.filter(({ verification }) => verification === 'verified').map(({ key }) => key);
          history.close();
          return marks.filter((key) => !known.includes(key)).map((key) => `the run of ${key} had ended and is lost`);
        } catch (error) {
          return [asFailure(error).message];
        }
      },
      async close() {},
    };
  },
};
