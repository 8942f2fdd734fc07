import { plural } from '../../runtime/format.ts';

const maxReported = 20;

/**
 * What a message of `PRAGMA integrity_check` says about rows that break the schema's own rules, while every page and index is
 * whole: without the number of the row, so that equal findings can be counted. Null: damage, and so is every message that is
 * not known here. The texts are those of pragma.c in SQLite 3.5x.
 */
export function findingOf(message: string): string | null {
  const isRule =
    /^(NULL|NUMERIC|TEXT|non-(ANY|BLOB|INT|INTEGER|REAL|TEXT)) value in ./.test(message) ||
    /^CHECK constraint failed in ./.test(message) ||
    /^non-unique entry in index ./.test(message);
  if (isRule) return message;
  // The row is in the index; only the last bits of a computed number differ, as from another machine's library.
  return /^(?<finding>index .+ stores an imprecise floating-point value) for row -?\d+$/s.exec(message)?.[1] ?? null;
}

export type Findings = {
  add(finding: string): void;
  /** `NULL value in orders.total (3 rows)`, in the order they were found; 20 at most. */
  texts(): string[];
  /** How many there are, listed or not. */
  kinds(): number;
};

/** Counts findings by their text, and lists each with the number of its rows. */
export function createFindings(): Findings {
  const counts = new Map<string, number>();
  return {
    add(finding) {
      counts.set(finding, (counts.get(finding) ?? 0) + 1);
    },
    texts() {
      return [...counts].slice(0, maxReported).map(([finding, rows]) => {
        return `${finding.replace(/\s+/g, ' ')} (${plural(rows, 'row')})`;
      });
    },
    kinds: () => counts.size,
  };
}

/** Findings for a list that a person reads: `texts`, and how many more of `kinds` there are. None when no text is known. */
export function listFindings(texts: readonly string[], kinds: number): readonly string[] {
  const more = kinds - texts.length;
  return texts.length === 0 || more <= 0 ? texts : [...texts, `and ${plural(more, 'more kind')}`];
}
