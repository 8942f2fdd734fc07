import type Sqlite from 'better-sqlite3';
import type { KeyedRows } from './difference.ts';
import { type RowWalk, rowStates } from './row-queries.ts';

/** Time for the comparison; rows that were read are counted in it. */
export type CompareBudget = {
  /** Whether the time is over. Called every few hundred rows. */
  isOver(): boolean;
  /** Called as often: whether it is time for a pause. */
  isPauseDue(): boolean;
  /** Lets others of this process work, with the rows read since the last call. */
  pause(rows: number): Promise<void>;
};

type WalkOptions = {
  readonly budget: CompareBudget;
  /** Ends the query at each pause and goes on after its last row, so that without WAL a writer gets its turn. */
  readonly releases: boolean;
};

type WalkResult = {
  readonly rows: number;
  readonly missing: KeyedRows;
  readonly changed: KeyedRows;
  readonly unkeyed: number;
  /** Why not all rows were read. */
  readonly incomplete: string | null;
};

const rowsBetweenLooks = 256;
const mostExamples = 3;

/** Reads rows to the last one, or until the time is over. `connection` gives integers as bigint. Throws SqliteError. */
export async function walkRows(
  connection: Sqlite.Database,
  { first, next, positionLength }: RowWalk,
  { budget, releases }: WalkOptions,
): Promise<WalkResult> {
  const counts = { rows: 0, unkeyed: 0, unreported: 0 };
  const missing = { count: 0, examples: [] as string[] };
  const changed = { count: 0, examples: [] as string[] };
  const add = (to: typeof missing, key: readonly unknown[]) => {
    to.count += 1;
    if (to.examples.length < mostExamples) to.examples.push(keyValueText(key));
  };
  const result = (incomplete: string | null) => ({ ...counts, missing, changed, incomplete });
  if (budget.isOver()) return result(timeOver);
  let position: readonly unknown[] | null = null;
  for (;;) {
    let isReleased = false;
    const statement = connection.prepare(position === null ? first : next).raw();
    for (const row of statement.iterate(...(position ?? [])) as Iterable<unknown[]>) {
      counts.rows += 1;
      counts.unreported += 1;
      const state = Number(row.at(-1));
      if (state === rowStates.missing) add(missing, row.slice(positionLength, -1));
      else if (state === rowStates.changed) add(changed, row.slice(positionLength, -1));
      else if (state === rowStates.unkeyed) counts.unkeyed += 1;
      if (counts.rows % rowsBetweenLooks !== 0) continue;
      if (budget.isOver()) return result(timeOver);
      if (!budget.isPauseDue()) continue;
      position = row.slice(0, positionLength);
      if (releases && position.some((value) => typeof value === 'string' && value.includes('\uFFFD')))
        return result('a key is not valid Unicode');
      isReleased = releases;
      if (isReleased) break;
      await budget.pause(counts.unreported);
      counts.unreported = 0;
    }
    await budget.pause(counts.unreported);
    counts.unreported = 0;
    if (!isReleased) return result(null);
  }
}

export const timeOver = 'the time was over';

const longestValue = 40;

/** A key as SQL writes it, shortened, on one line. */
function keyValueText(values: readonly unknown[]): string {
  const texts = values.map((value) => {
    if (value === null || typeof value === 'bigint' || typeof value === 'number') return String(value);
    const text = Buffer.isBuffer(value) ? `x'${value.toString('hex')}'` : JSON.stringify(String(value));
    return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
  });
  return texts.length === 1 ? (texts[0] ?? '') : `(${texts.join(', ')})`;
}
