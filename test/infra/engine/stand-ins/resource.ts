import { isDeepStrictEqual } from 'node:util';
import type { Provider } from '@pulumi/pulumi/provider/index.js';

/**
 * The Pulumi engine's side of a stand-in: a table of resource types becomes a provider. The real plugins cannot be had where
 * these tests run; a stand-in does on real parts what the real one would do, by the same names and the same rules.
 */
export type Values = Readonly<Record<string, unknown>>;

/** Names of the inputs a stand-in knows; `true` takes anything below it. `T` is the argument type of the real package. */
export type Names<T> = { readonly [Name in keyof T]?: true | Names<Record<string, never>> | object };

export type ResourceType = {
  /** A change of these replaces the resource, as in the real provider. */
  readonly replaces: object;
  /** A change of these updates it in place. */
  readonly updates: object;
  readonly deleteBeforeReplace: boolean;
  /** Adds what the real provider works out from the inputs. */
  check?(inputs: Values): Promise<Values>;
  /** Returns the id and what is read back. Throws `HalfMade` when something exists but does not work. */
  create(inputs: Values, name: string): Promise<{ id: string; read: Values }>;
  /** What is there now, or null. `state` is what was last known. */
  read(id: string, state: Values): Promise<Values | null>;
  update?(id: string, before: Values, after: Values): Promise<Values>;
  remove(id: string, state: Values): Promise<void>;
};

/** Something was made, and does not work: the engine keeps it in its state as not initialised. */
export class HalfMade extends Error {
  readonly id: string;
  readonly read: Values;

  constructor(id: string, read: Values, reason: string) {
    super(reason);
    this.id = id;
    this.read = read;
  }
}

const secretMark = '4dabf18193072939515e22adb298388d';
const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** A provider of these types and functions; a type, function or input it does not know is an error. */
export function providerOf(
  version: string,
  types: Readonly<Record<string, ResourceType>>,
  functions: Readonly<Record<string, (inputs: Values) => Promise<Values>>> = {},
): Provider {
  const typeOf = (urn: string) => {
    const token = (urn.split('::')[2] ?? '').split('$').at(-1) ?? '';
    const type = types[token];
    if (!type) throw new Error(`The stand-in does not know the resource type ${token}.`);
    return type;
  };
  const nameOf = (urn: string) => urn.split('::')[3] ?? '';
  return {
    version,
    schema: '{}',
    async check(urn, _olds, news: Values) {
      const type = typeOf(urn);
      const failures = unknownNames({ ...type.replaces, ...type.updates }, plain(news) as Values, '');
      if (failures.length > 0) return { failures };
      return { inputs: type.check ? await type.check(news) : news };
    },
    async diff(_id, urn, olds: Values, news: Values) {
      const { replaces, updates, deleteBeforeReplace } = typeOf(urn);
      const changed = changedNames(olds, news, { ...replaces, ...updates });
      return {
        changes: changed.length > 0,
        replaces: changed.filter((name) => name in replaces),
        deleteBeforeReplace,
      };
    },
    async create(urn, inputs: Values) {
      try {
        const { id, read } = await typeOf(urn).create(plain(inputs) as Values, nameOf(urn));
        return { id, outs: known(inputs, read) };
      } catch (error) {
        throw error instanceof HalfMade ? initFailed(error, known(inputs, error.read)) : error;
      }
    },
    async read(id, urn, state: Values = {}) {
      const read = await typeOf(urn).read(id, plain(state) as Values);
      return read === null ? { id: '', props: {} } : { id, props: known(state, read) };
    },
    async update(id, urn, olds: Values, news: Values) {
      const { update } = typeOf(urn);
      if (!update) throw new Error(`The stand-in cannot update ${urn}.`);
      const read = await update(id, plain(olds) as Values, plain(news) as Values);
      return { outs: known(news, read) };
    },
    async delete(id, urn, state: Values) {
      await typeOf(urn).remove(id, plain(state) as Values);
    },
    async invoke(token, inputs: Values) {
      const call = functions[token];
      if (!call) throw new Error(`The stand-in does not know the function ${token}.`);
      return { outputs: await call(plain(inputs) as Values) };
    },
  };
}

/** What was given, secrets still wrapped, overlaid with what was read back where that differs. */
function known(given: Values, read: Values): Values {
  const changed = Object.entries(read).filter(([name, value]) => !isDeepStrictEqual(plain(given[name]), value));
  return { ...given, ...Object.fromEntries(changed) };
}

function changedNames(olds: Values, news: Values, shape: object): string[] {
  return Object.keys(shape).filter((name) => !isDeepStrictEqual(plain(olds[name]), plain(news[name])));
}

function unknownNames(shape: object, value: Values, above: string): { property: string; reason: string }[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === '__defaults') return [];
    const path = `${above}${name}`;
    const below: unknown = Reflect.get(shape, name);
    if (below === undefined) return [{ property: path, reason: `The stand-in does not know the input ${path}.` }];
    if (below === true) return [];
    const items = Array.isArray(inner) ? inner : [inner];
    return items
      .filter((item) => typeof item === 'object' && item !== null)
      .flatMap((item) => unknownNames(below as object, item as Values, `${path}.`));
  });
}

function initFailed({ id, message }: HalfMade, properties: Values): Error {
  return Object.assign(new Error(message), { id, properties, reasons: [message] });
}

/** The value without the marks of secrets in it. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if (secretMark in value && 'value' in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/** Whether a value that only an `up` makes known is somewhere in it. */
export function hasUnknown(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes(unknown);
}
