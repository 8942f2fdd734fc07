import { formatBytes, formatDuration } from '../../platform/format.ts';
import type { Proof } from '../../platform/history.ts';
import type { ListedObject, ObjectStore } from '../../platform/store/store.ts';
import { tableText } from '../../platform/table.ts';
import { factsOf } from '../stored/metadata.ts';
import { dailyPrefix, parseDailyKey, parseWeeklyKey, weeklyPrefix } from '../stored/names.ts';

export type Kind = 'daily' | 'weekly';

/** A backup as `nightshift list` shows it. */
export type Listed = {
  readonly kind: Kind;
  readonly name: string;
  readonly key: string;
  /** Null when the name is not one of ours: the old script's weeklies. */
  readonly database: string | null;
  readonly takenAt: Temporal.Instant;
  readonly bytes: number;
  /**
   * `proven` and `stored` as the history of this host says; `checked`: its snapshot passed the integrity check, and this
   * host did not read it back; `unknown`: laid down by another tool.
   */
  readonly state: Proof | 'checked' | 'unknown';
  readonly suspect: string | null;
  readonly encrypted: boolean;
  readonly rows: number | null;
};

const headsAtOnce = 8;

/** Every backup under the prefixes, newest first; names that are not ours too. `zone` reads the local time in a name. */
export async function listBackups(
  store: ObjectStore,
  kinds: readonly Kind[],
  { proofs, zone, signal }: { proofs: ReadonlyMap<string, Proof>; zone: string; signal: AbortSignal },
): Promise<Listed[]> {
  const listed: Listed[] = [];
  for (const kind of kinds) {
    const objects = await store.list(kind === 'daily' ? dailyPrefix : weeklyPrefix, signal);
    for (let start = 0; start < objects.length; start += headsAtOnce) {
      const group = objects.slice(start, start + headsAtOnce).map(async (object) => {
        const head = await store.head(object.key, signal);
        return describe(kind, object, head === null ? null : factsOf(head.metadata), proofs, zone);
      });
      listed.push(...(await Promise.all(group)));
    }
  }
  return listed.toSorted((a, b) => Temporal.Instant.compare(b.takenAt, a.takenAt) || b.key.localeCompare(a.key));
}

function describe(
  kind: Kind,
  { key, bytes, modified }: ListedObject,
  facts: ReturnType<typeof factsOf>,
  proofs: ReadonlyMap<string, Proof>,
  zone: string,
): Listed {
  const daily = parseDailyKey(key);
  const fromName = daily?.at.toZonedDateTime(zone).toInstant() ?? modified;
  return {
    kind,
    name: key.slice(key.lastIndexOf('/') + 1),
    key,
    database: daily?.database ?? parseWeeklyKey(key)?.database ?? null,
    takenAt: facts?.takenAt ?? fromName,
    bytes,
    state: proofs.get(key) ?? (facts === null ? 'unknown' : 'checked'),
    suspect: facts?.suspect ?? null,
    encrypted: key.endsWith('.age'),
    rows: facts?.rows ?? null,
  };
}

/** The list as a table for a person; ages count from `now`. */
export function listText(listed: readonly Listed[], now: Temporal.Instant): string {
  const rows = listed.map(({ kind, name, database, takenAt, bytes, state, suspect, encrypted }) => [
    kind,
    name,
    formatDuration((now.epochMilliseconds - takenAt.epochMilliseconds) / 1000),
    formatBytes(bytes),
    suspect === null ? state : `${state}, SUSPECT`,
    database ?? '-',
    encrypted ? 'encrypted' : '-',
  ]);
  return tableText(['KIND', 'NAME', 'AGE', 'SIZE', 'STATE', 'DATABASE', 'ENCRYPTION'], rows);
}
