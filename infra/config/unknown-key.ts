import { nearest } from '../../jobs/runtime/nearest.ts';
import type { SettingProblem } from '../../jobs/settings/problem.ts';
import { rowsWithKey, type Setting } from '../../jobs/settings/setting.ts';

/** The problem of a key that no row has. `prefix`: what the name of the key begins with. */
export function unknownKey(prefix: string, key: string, rows: readonly Setting[]): SettingProblem {
  // It is known by its own name, and by its variable's.
  const [meant] = nearest(key, rowsWithKey(rows), ({ key, row: { environment } }) =>
    environment === null ? [key] : [key, environment],
  );
  const hint =
    meant === undefined
      ? 'remove it; jobs/settings/README.md has the keys'
      : `remove it, or rename it: the nearest key is ${meant.candidate.key}`;
  return { name: prefix + key, found: 'is not a known key', hint };
}
