import type { z } from 'zod';

/** Who makes use of a setting. `deployment`: `pulumi up` alone; it hands on what the jobs read. */
export type SettingReader = 'backup' | 'restore' | 'summary' | 'deployment';

/** One row of the table: all there is to know of a setting. */
export type Setting = {
  /** Name in the environment of a job (`NAME_FILE` works as well); null: only the deployment reads it. */
  readonly environment: string | null;
  /** Key of the stack's config below `nightshift:`, or why there is none. */
  readonly stack: string | { readonly none: string };
  /** How its text becomes its value; the message says what is wanted. */
  readonly rule: z.ZodType<unknown, string>;
  /** Text that counts when there is none; null: the setting may be absent. */
  readonly default: string | null;
  /** Never printed, and encrypted in the stack. */
  readonly secret: boolean;
  /** May differ from host to host in the stack's `hosts`. */
  readonly perHost: boolean;
  /** Key of the stack without which a container does not get this setting. */
  readonly onlyWith: string | null;
  readonly readBy: readonly SettingReader[];
  /** One sentence. Other settings are named by their variable, in backticks. */
  readonly meaning: string;
};

type OptionalFields = {
  readonly default: null;
  readonly secret: false;
  readonly perHost: true;
  readonly onlyWith: null;
};

const optionalDefaults: OptionalFields = { default: null, secret: false, perHost: true, onlyWith: null };

type SettingInput = Omit<Setting, keyof OptionalFields> & Partial<Pick<Setting, keyof OptionalFields>>;

type CompleteSetting<Row extends SettingInput> = {
  readonly [Field in keyof Setting]: Row extends { readonly [Key in Field]: infer Value }
    ? Value
    : OptionalFields[Field & keyof OptionalFields];
};

/** A row, with what it leaves out: no default, no secret, may differ from host to host. */
export function setting<const Row extends SettingInput>(row: Row): CompleteSetting<Row> {
  return { ...optionalDefaults, ...row } as CompleteSetting<Row>;
}

/** What a row's text becomes; never null where there is a default. */
export type SettingValue<Row extends Setting> = Row['default'] extends string
  ? z.output<Row['rule']>
  : z.output<Row['rule']> | null;

/** The rows of `Row` that `Reader` reads. */
export type RowsReadBy<Row extends Setting, Reader extends SettingReader> = Row extends unknown
  ? Reader extends Row['readBy'][number]
    ? Row
    : never
  : never;

/** The value of each row by its variable. */
export type EnvironmentValues<Row extends Setting> = {
  readonly [Each in Row as Each['environment'] & string]: SettingValue<Each>;
};

/** The value of each row by its key of the stack. */
export type ValuesByStackKey<Row extends Setting> = {
  readonly [Each in Row as Each['stack'] & string]: SettingValue<Each>;
};

/** The rows that have a key of the stack, each with its key. */
export function rowsWithKey(rows: readonly Setting[]): { readonly key: string; readonly row: Setting }[] {
  return rows.flatMap((row) => (typeof row.stack === 'string' ? [{ key: row.stack, row }] : []));
}

export function stackKeyOf({ stack }: Setting): string | null {
  return typeof stack === 'string' ? stack : null;
}
