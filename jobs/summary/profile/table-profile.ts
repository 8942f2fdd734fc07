/** A table of the database, with a sample of its rows. */
export type TableProfile = {
  readonly name: string;
  readonly rowCount: number;
  /** The rows were not counted: it is the range of row numbers. */
  readonly isEstimate: boolean;
  readonly hasRowid: boolean;
  readonly columns: readonly ColumnProfile[];
  readonly foreignKeys: readonly { readonly column: string; readonly table: string; readonly to: string | null }[];
};

export type ColumnProfile = {
  readonly name: string;
  /** As declared, in upper case; often empty. */
  readonly type: string;
  readonly isKey: boolean;
  /** What a new row gets, as SQL. */
  readonly defaultSql: string | null;
  /** Values of some of the oldest and the newest rows, without nulls; texts are cut. */
  readonly sample: readonly (string | number)[];
  /** Nulls among those rows. */
  readonly nulls: number;
};
