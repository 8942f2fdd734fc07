import { Argument, Command } from 'commander';
import type { CliContext } from '../../platform/context.ts';
import { readHistory } from '../../platform/history.ts';
import { readSettings } from '../../platform/settings.ts';
import { openStore } from '../../platform/store/open.ts';
import { type Kind, listBackups, listText } from './list.ts';

export function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('list what can be restored, newest first')
    .addArgument(new Argument('[kind]', 'only these').choices(['daily', 'weekly']))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
STATE says what is known of a backup: proven (read back and equal to the snapshot that passed the integrity check),
stored (encrypted, and this host cannot read it; stored bytes compared), checked (its snapshot was checked, but not read
back by this host), unknown (laid down by another tool), SUSPECT (see \`nightshift accept --help\`).`,
    )
    .action(async (kind: Kind | undefined, { json }: { json?: boolean }) => {
      const settings = readSettings(context.environment);
      const history = readHistory(settings.stateDir);
      const store = await openStore(settings.store);
      const kinds: Kind[] = kind === undefined ? ['daily', 'weekly'] : [kind];
      const proofs = history?.proofs() ?? new Map();
      const listed = await listBackups(store, kinds, { proofs, zone: settings.zone, signal: context.signal });
      store.close();
      history?.close();
      if (json === true) context.out(`${JSON.stringify(listed, null, 2)}\n`);
      else if (listed.length > 0) context.out(listText(listed, context.clock.now()));
      else context.err(`No backups in ${store.name} yet.\n`);
    });
}
