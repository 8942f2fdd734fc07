import { editDistance } from '../../jobs/runtime/edit-distance.ts';
import type { SettingProblem } from '../../jobs/settings/problem.ts';
import { rowsWithKey, type Setting } from '../../jobs/settings/setting.ts';

/** Above this share of a key's letters, two keys have nothing to do with each other. */
const mostDifferent = 0.5;

/** The problem of a key that no row has. `prefix`: what the name of the key begins with. */
export function unknownKey(prefix: string, key: string, rows: readonly Setting[]): SettingProblem {
  const nearest = nearestKey(key, rows);
  const hint =
    nearest === null
      ? 'remove it; jobs/settings/README.md has the keys'
      : `remove it, or rename it: the nearest key is ${nearest}`;
  return { name: prefix + key, found: 'is not a known key', hint };
}

/** The key that was probably meant, by its own name or its variable's; null when none is near. */
function nearestKey(typed: string, rows: readonly Setting[]): string | null {
  const candidates = rowsWithKey(rows).map(({ key, row: { environment } }) => {
    const names = environment === null ? [key] : [key, environment];
    return { key, distance: Math.min(...names.map((name) => share(typed, name))) };
  });
  const [nearest] = candidates.toSorted((one, other) => one.distance - other.distance);
  return nearest === undefined || nearest.distance > mostDifferent ? null : nearest.key;
}

function share(one: string, other: string): number {
  const [typed, name] = [plain(one), plain(other)];
  return editDistance(typed, name) / Math.max(typed.length, name.length);
}

function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}
