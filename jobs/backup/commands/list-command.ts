import { Argument, Command } from 'commander';
import { type KindName, kindNames, layoutBelow } from '../../archives/backup-kinds.ts';
import { listEntry, listText } from '../../archives/backup-list.ts';
import { isOfAnotherHost, sharedStoreFailure } from '../../archives/instances.ts';
import { missingFolderFailure, sameStoreFailure } from '../../archives/store-identity.ts';
import { readBackups } from '../../archives/stored-backups.ts';
import { noInstances } from '../../monitoring/history/history.ts';
import { missingHistoryWarning, readHistory } from '../../monitoring/history/open-history.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import { failureText } from '../../runtime/log.ts';
import { readBackupSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/open.ts';

export function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('list what can be restored, newest first')
    .addArgument(new Argument('[kind]', 'only these').choices(kindNames))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
AGE is that of the snapshot. "stored …" where nothing says when it was taken; "misdated" where its date lies after it was
stored: such a backup is never \`latest\`, counts for nothing, and can be restored by its name. "dated … ahead": by a date that
is yet to come.
STATE says what is known of a backup: verified (read back and equal to the snapshot that passed the integrity check),
checksum-only (encrypted, and this host cannot read it; stored bytes compared), checked (its snapshot was checked; this host
has no record of reading it back), changed (other bytes than those that were stored: \`latest\` only where there is no other),
unknown (nothing is kept with it: stored by another tool, or copied without its metadata), unreadable (see below the table),
damaged (it did not verify when it was last read back),
with findings (rows break the schema's own rules), SUSPECT (see \`nightshift accept --help\`), accepted, was suspect (a later
backup has the rows again), other host (taken with another STATE_DIR than this one).
READ BACK says when this host last read it back: after its upload, or by \`nightshift verify\` and the nightly look at an old one, which
restore it and check its integrity.`,
    )
    .action(async (kind: KindName | undefined, { json }: { json?: boolean }) => {
      const { clock, signal, out, err } = context;
      const settings = readBackupSettings(context.environment);
      const { history, failure } = readHistory(settings.stateDir);
      const known = {
        verifications: history?.lastVerifications() ?? new Map(),
        instances: history?.instances() ?? noInstances,
      };
      const other = await sameStoreFailure(settings.store, history);
      history?.close();
      const loss =
        failure &&
        missingHistoryWarning(failure, 'What this host read back is not known: STATE says less than it could.');
      if (loss !== null) err(`${loss}\n`);
      const store = await openStore(settings.store);
      const layout = layoutBelow(settings.prefix);
      const kinds = layout.kinds.filter(({ name }) => kind === undefined || name === kind);
      const options = { zone: settings.zone, now: () => store.now(clock), layout, signal };
      const backups = await readBackups(store, kinds, '', options).finally(() => store.close());
      if (backups.length === 0) {
        const why = other ?? (await missingFolderFailure(settings.store));
        if (why !== null) throw why;
      }
      if (other !== null) err(`WARNING: ${other.message} ${other.hint}\n`);
      const listed = backups.map((backup) => listEntry(backup, known));
      if (json === true) out(`${JSON.stringify(listed, null, 2)}\n`);
      else if (backups.length > 0) out(listText(backups, known, store.now(clock)));
      else err(`No ${kind === undefined ? '' : `${kind} `}backups below ${layout.prefix} in ${store.name}.\n`);
      const others = backups.filter(({ facts }) => isOfAnotherHost(facts, known.instances));
      const shared = sharedStoreFailure(others, settings.zone);
      if (shared !== null) err(`WARNING ${failureText(shared)}\n`);
      for (const { problem } of backups) if (problem !== null) err(`unreadable: ${problem.message}\n`);
    });
}
