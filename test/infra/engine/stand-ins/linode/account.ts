import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PropertyValues } from '../resource.ts';

export type AccountKind =
  | 'buckets'
  | 'keys'
  | 'volumes'
  | 'instances'
  | 'firewalls'
  | 'devices'
  | 'domains'
  | 'records';

/** One object of the account, by its id. */
export type AccountObject = PropertyValues & { readonly id: string };

let last = 0;

/** A Linode account kept in the file that LINODE_ACCOUNT names, so that a restart of the stand-in looks like no drift. */
export const account = {
  all: (kind: AccountKind): AccountObject[] => Object.values(load()[kind] ?? {}),
  get: (kind: AccountKind, id: string): AccountObject | null => load()[kind]?.[id] ?? null,
  put(kind: AccountKind, object: AccountObject): AccountObject {
    const all = load();
    save({ ...all, [kind]: { ...all[kind], [object.id]: object } });
    return object;
  },
  remove(kind: AccountKind, id: string): void {
    const all = load();
    const { [id]: _gone, ...rest } = all[kind] ?? {};
    save({ ...all, [kind]: rest });
  },
  /** The next id, as Linode numbers its objects. */
  nextId(): string {
    const numbers = Object.values(load()).flatMap((objects) =>
      Object.keys(objects).map(Number).filter(Number.isFinite),
    );
    last = Math.max(1000, last, ...numbers) + 1;
    return String(last);
  },
};

type Account = { readonly [Kind in AccountKind]?: Readonly<Record<string, AccountObject>> };

function fileName(): string {
  const file = process.env['LINODE_ACCOUNT'];
  if (!file) throw new Error('LINODE_ACCOUNT does not name the file of the stand-in account.');
  return file;
}

function load(): Account {
  try {
    return JSON.parse(readFileSync(fileName(), 'utf8'));
  } catch {
    return {};
  }
}

function save(all: Account): void {
  const file = fileName();
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(all, null, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
