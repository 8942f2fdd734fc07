import { layoutBelow } from '../../archives/backup-kinds.ts';
import { splitByHost } from '../../archives/instances.ts';
import { inventoryOf, type KnownDaily, type StoredDaily } from '../../archives/inventory.ts';
import { openHistory } from '../../monitoring/history/open-history.ts';
import type { CliContext } from '../../runtime/cli-context.ts';
import { localTimestamp } from '../../runtime/clock.ts';
import { agePhrase, formatBytes, plural } from '../../runtime/format.ts';
import { makeMissingFolder } from '../../runtime/missing-folder.ts';
import type { BackupSettings } from '../../settings/settings.ts';
import type { ObjectStore } from '../../store/store.ts';

/**
 * Records that this host took the place of every other whose backups lie among its own, and returns the text to print: whose they
 * are, and the newest of both sides, so that a person sees which has the data. Throws STATE_UNWRITABLE and STORE_ failures.
 */
export async function acceptReplacedHost(
  store: ObjectStore,
  settings: BackupSettings,
  { clock, signal, err }: CliContext,
): Promise<string> {
  makeMissingFolder(settings.stateDir, 'STATE_DIR', { line: (text) => err(`${text}\n`) });
  const layout = layoutBelow(settings.prefix);
  const reading = { zone: settings.zone, now: () => store.now(clock), layout, signal };
  const time = { now: store.now(clock), zone: settings.zone };
  const history = openHistory(settings.stateDir);
  try {
    const known = history.instances();
    const lines: string[] = [];
    for (const { name } of settings.databases) {
      const { own, others } = splitByHost(await inventoryOf(store, name, reading), known);
      const byInstance = Map.groupBy(others, ({ facts }) => facts.instance ?? '');
      for (const [instance, dailies] of byInstance) {
        history.recordReplacedInstance(instance, clock.now());
        lines.push(`Accepted ${plural(dailies.length, 'backup')} of ${name} by ${dailies[0]?.facts.host ?? 'a host'}.`);
      }
      if (others.length > 0) lines.push(...newestOfBoth(others, own.dailies, time));
    }
    if (lines.length === 0) return `No backup below ${layout.prefix} is another host's; nothing to accept.\n`;
    const later =
      "They are this host's from now on; what another host takes after this moment is not, and is reported.";
    return `${[...lines, later].join('\n')}\n`;
  } finally {
    history.close();
  }
}

type TextTime = { readonly now: Temporal.Instant; readonly zone: string };

function newestOfBoth(others: readonly KnownDaily[], own: readonly StoredDaily[], time: TextTime): string[] {
  return [`  its newest          ${newestText(others[0], time)}`, `  newest of this host ${newestText(own[0], time)}`];
}

function newestText(newest: StoredDaily | undefined, { now, zone }: TextTime): string {
  if (newest === undefined) return 'none yet';
  const { facts, bytes } = newest;
  if (facts === null) return `${newest.key}, ${formatBytes(bytes)}`;
  const when = `${localTimestamp(facts.takenAt, zone)}, ${agePhrase(facts.takenAt, now)}`;
  return `${when}: ${plural(facts.rows, 'row')}, ${formatBytes(facts.snapshotBytes)}`;
}
