/** A table or view of the database, with a sample of its rows. */
export type TableProfile = {
  readonly name: string;
  readonly isView: boolean;
  readonly rowCount: number;
  /** The rows were not counted: it is the range of row numbers. */
  readonly isEstimate: boolean;
  readonly hasRowid: boolean;
  /** Its row numbers are plain ones, counted from 1: no phone, IC or account number. */
  readonly hasRowNumbers: boolean;
  readonly columns: readonly ColumnProfile[];
  readonly foreignKeys: readonly { readonly column: string; readonly table: string; readonly to: string | null }[];
};

export type SampleValues = Pick<ColumnProfile, 'sample' | 'cells' | 'nulls'>;

export type ColumnProfile = {
  readonly name: string;
  /** What its name is judged by: of a value within a JSON text its own key. */
  readonly label: string;
  /** The column whose texts hold the value, and where; null: it is a column itself. */
  readonly json: { readonly column: string; readonly path: string } | null;
  /** As declared, in upper case; often empty. */
  readonly type: string;
  readonly isKey: boolean;
  /** What a new row gets, as SQL. */
  readonly defaultSql: string | null;
  /** Values of some of the oldest and the newest rows, in their order, newest first, without nulls; texts are cut. */
  readonly sample: readonly (string | number)[];
  /** The same with nulls, so that columns may be compared row by row. */
  readonly cells: readonly (string | number | null)[];
  /** Nulls and empty texts among those rows. */
  readonly nulls: number;
};
