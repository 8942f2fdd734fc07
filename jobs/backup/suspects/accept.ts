import { type Inventory, knownTables, openSuspects, type StoredDaily } from '../../archives/inventory.ts';
import { isSameLoss } from './suspicion.ts';

/** `accepted`: the one that was named, then older ones of the same reason. `stillOpen` block prune and copies. */
export type Acceptance = { readonly accepted: readonly StoredDaily[]; readonly stillOpen: readonly StoredDaily[] };

/** What accepting the suspect `key` means: older open suspects of the same reason go along. */
export function acceptSuspect(inventory: Inventory, key: string): Acceptance {
  const open = openSuspects(inventory);
  const named = open.find((daily) => daily.key === key);
  if (named === undefined) return { accepted: [], stillOpen: open };
  const older = open.slice(open.indexOf(named) + 1).filter((daily) => isSameLoss(lossOf(named), lossOf(daily)));
  const accepted = [named, ...older];
  return { accepted, stillOpen: open.filter((daily) => !accepted.includes(daily)) };
}

const lossOf = (daily: StoredDaily) => ({ reason: daily.facts?.suspect ?? '', tables: knownTables(daily) });
