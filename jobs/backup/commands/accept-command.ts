import { Command } from 'commander';
import type { CliContext } from '../../platform/context.ts';
import { Failure } from '../../platform/errors.ts';
import { openHistory } from '../../platform/history.ts';
import { readSettings } from '../../platform/settings.ts';
import { openStore } from '../../platform/store/open.ts';
import { factsOf } from '../stored/metadata.ts';
import { keyOf, parseDailyKey } from '../stored/names.ts';

export function acceptCommand(context: CliContext): Command {
  return new Command('accept')
    .description('say that a suspect backup is as it should be; prune and weekly copies go on')
    .argument('<key>', 'the backup, as the alert and `nightshift list` print it')
    .addHelpText(
      'after',
      `
A backup is suspect when a table lost all its rows or the database is under half its size: a disk that is not mounted
looks like that. Look at it first, for example with: nightshift restore KEY daily --to /tmp/look.db`,
    )
    .action(async (name: string) => {
      const settings = readSettings(context.environment);
      const key = keyOf(name, 'daily');
      const store = await openStore(settings.store);
      const head = await store.head(key, context.signal);
      store.close();
      if (head === null) {
        throw new Failure('OBJECT_MISSING', `There is no ${key} in ${store.name}.`, 'See `nightshift list daily`.');
      }
      const { suspect } = factsOf(head.metadata) ?? { suspect: null };
      if (suspect === null) {
        context.out(`${key} is not suspect; nothing to accept.\n`);
        return;
      }
      const history = openHistory(settings.stateDir);
      history.accept(key, context.clock.now());
      const database = parseDailyKey(key)?.database;
      if (database !== undefined) history.closeAlert(database, 'suspect');
      history.close();
      context.out(`Accepted ${key} (${suspect}).\nThe next backup prunes and makes weekly copies again.\n`);
    });
}
