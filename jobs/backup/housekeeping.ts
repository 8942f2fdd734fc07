import type { Clock } from '../platform/clock.ts';
import { asFailure, type Failure } from '../platform/errors.ts';
import { plural } from '../platform/format.ts';
import type { History } from '../platform/history.ts';
import type { Log } from '../platform/log.ts';
import { noStep } from '../platform/progress.ts';
import type { Settings } from '../platform/settings.ts';
import type { ObjectStore } from '../platform/store/store.ts';
import { isBadObject, readBack } from './archive/read-back.ts';
import type { Identity } from './archive/unarchive.ts';
import type { RunStep } from './steps.ts';
import type { Inventory, StoredDaily, StoredWeekly } from './stored/inventory.ts';
import type { BackupFacts } from './stored/metadata.ts';
import { weeklyKey } from './stored/names.ts';
import { pruneVerdicts, removeVerdicts, verdictText } from './stored/prune.ts';
import { weekliesDue } from './stored/weekly.ts';

type House = {
  readonly store: ObjectStore;
  readonly history: History;
  readonly clock: Clock;
  readonly retention: Settings['retention'];
  readonly suspects: readonly StoredDaily[];
  readonly lastGood: string;
  readonly today: Temporal.PlainDate;
  readonly identity: Identity | null;
  readonly step: RunStep;
  readonly log: Log;
  readonly signal: AbortSignal;
};

type WeeklyCopy = StoredWeekly & { readonly reason: string };

/**
 * Weekly copies, then prune, once the backup is proven; neither while a suspect backup waits for a person. Returns what
 * went wrong instead of throwing: the backup is safe, and running it again would not help.
 */
export async function keepHouse(inventory: Inventory, house: House): Promise<Failure | null> {
  const { store, suspects, step, log, signal } = house;
  if (suspects.length > 0) {
    const accept = suspects.map(({ key }) => `  nightshift accept ${key}`).join('\n');
    log.warn(
      `no weekly copy and no prune until a person has looked at ${plural(suspects.length, 'suspect')}:\n${accept}`,
    );
    return null;
  }
  try {
    const made = await step('weekly', () => copyWeeklies(inventory, house));
    for (const { key, reason } of made) log.line(`weekly copy ${key} (${reason})`);
    const weeklies = [...inventory.weeklies.filter(({ key }) => !made.some((copy) => copy.key === key)), ...made];
    const verdicts = pruneVerdicts({ ...inventory, weeklies }, house.retention, house.lastGood);
    for (const verdict of verdicts) log.line(verdictText(verdict));
    await step('prune', () => removeVerdicts(store, verdicts, signal));
    return null;
  } catch (error) {
    return signal.aborted ? null : asFailure(error);
  }
}

/** Makes the weekly copies that are due, and reads each back. */
async function copyWeeklies({ dailies, weeklies }: Inventory, house: House): Promise<WeeklyCopy[]> {
  const { store, today, retention, signal } = house;
  const made: WeeklyCopy[] = [];
  const existing = new Set(weeklies.map(({ week }) => week));
  for (const { daily, week, reason } of weekliesDue(dailies, existing, today, retention.weekly)) {
    const { database, ending, bytes, facts } = daily;
    const key = weeklyKey({ database, week, ending });
    await store.copy(daily.key, key, undefined, signal);
    if (facts !== null) await proveOrRemove(key, facts, house);
    made.push({ key, bytes, database, week, ending, reason });
  }
  return made;
}

async function proveOrRemove(key: string, facts: BackupFacts, house: House): Promise<void> {
  const { store, history, clock, identity, signal } = house;
  try {
    history.prove(key, await readBack(store, key, facts, { identity, signal, bar: noStep }), clock.now());
  } catch (error) {
    if (isBadObject(error)) await store.remove(key, signal);
    throw error;
  }
}
