/** Rows of one kind, and the keys of the first few. */
export type KeyedRows = { readonly count: number; readonly examples: readonly string[] };

/** One of two numbers for each side. */
export type BothSides<T> = { readonly now: T; readonly backup: T };

/** What became of the comparison of one table. */
export type TableDifference =
  | {
      readonly kind: 'compared';
      readonly table: string;
      /** What rows were matched by, for people: `id`, `order_id, line`, `rowid`. */
      readonly key: string;
      /** Rows that were read on each side. */
      readonly rows: BothSides<number>;
      readonly onlyNow: KeyedRows;
      readonly onlyBackup: KeyedRows;
      /** In both, with another value in a column that both have. */
      readonly changed: KeyedRows;
      /** Rows with NULL in their key: not compared. */
      readonly unkeyed: BothSides<number>;
      /** Columns that only one side has. */
      readonly columns: BothSides<readonly string[]>;
      /** Why not all rows were read; null: they were. */
      readonly incomplete: string | null;
    }
  /** Only one side has it. `rows` is null when they were not counted. */
  | { readonly kind: 'absent'; readonly table: string; readonly side: 'now' | 'backup'; readonly rows: number | null }
  | {
      readonly kind: 'not compared';
      readonly table: string;
      readonly why: string;
      /** SQLite found damage in it. */
      readonly isDamaged: boolean;
    };

/** How a database differs from a backup of it. */
export type DatabaseDifference = {
  readonly tables: readonly TableDifference[];
  /** Indexes, views, triggers, definitions and pragmas that differ, each in words. */
  readonly schema: readonly string[];
  /** Others committed while it was read, and what was read is no single state. */
  readonly isMoving: boolean;
};

/** What the child process sends: progress, then one of the others. */
export type CompareMessage =
  | { readonly kind: 'progress'; readonly rows: number }
  | { readonly kind: 'done'; readonly difference: DatabaseDifference }
  /** `code`: SQLite's; null: it is of another kind. */
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | null };
