import { isDeepStrictEqual } from 'node:util';

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
  /** What the provider fills in when it is left out: leaving it out is no change. */
  readonly computed?: readonly string[];
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

/** What a provider answers, whatever the protocol. Values come with secrets wrapped, and go so. */
export type StandIn = {
  readonly version: string;
  checkProvider(config: Values): readonly Problem[];
  configure(config: Values): Promise<void>;
  check(urn: string, inputs: Values): Promise<{ inputs: Values; problems: readonly Problem[] }>;
  diff(
    urn: string,
    state: Values,
    inputs: Values,
    ignored: readonly string[],
  ): { changed: string[]; replaces: string[]; deleteBeforeReplace: boolean };
  create(urn: string, inputs: Values): Promise<{ id: string; state: Values }>;
  read(id: string, urn: string, state: Values): Promise<{ state: Values; inputs: Values } | null>;
  update(id: string, urn: string, before: Values, inputs: Values): Promise<Values>;
  remove(id: string, urn: string, state: Values): Promise<void>;
  invoke(token: string, inputs: Values): Promise<Values>;
};

type Problem = { readonly property: string; readonly reason: string };

type Package = {
  readonly version: string;
  /** The provider's own configuration. */
  readonly config: object;
  configure?(config: Values): Promise<void>;
  readonly types: Readonly<Record<string, ResourceType>>;
  readonly functions?: Readonly<Record<string, (inputs: Values) => Promise<Values>>>;
};

/** A provider of these types and functions; a type, function or input it does not know is an error. */
export function standInFor({ version, config, configure, types, functions = {} }: Package): StandIn {
  const typeOf = (urn: string) => {
    const token = (urn.split('::')[2] ?? '').split('$').at(-1) ?? '';
    const type = types[token];
    if (!type) throw new Error(`The stand-in does not know the resource type ${token}.`);
    return type;
  };
  return {
    version,
    checkProvider: (given) => unknownNames({ ...config, version: true }, plain(given) as Values, ''),
    async configure(given) {
      await configure?.(plain(given) as Values);
    },
    async check(urn, inputs) {
      const type = typeOf(urn);
      const problems = unknownNames(shapeOf(type), plain(inputs) as Values, '');
      return { inputs: type.check && problems.length === 0 ? await type.check(inputs) : inputs, problems };
    },
    diff(urn, state, inputs, ignored) {
      const type = typeOf(urn);
      const changed = changedNames(state, inputs, shapeOf(type))
        .filter((name) => name in inputs || !type.computed?.includes(name))
        .filter((name) => !ignored.includes(name));
      const replaces = changed.filter((name) => name in type.replaces);
      return { changed, replaces, deleteBeforeReplace: type.deleteBeforeReplace };
    },
    async create(urn, inputs) {
      try {
        const { id, read } = await typeOf(urn).create(plain(inputs) as Values, urn.split('::')[3] ?? '');
        return { id, state: known(inputs, read) };
      } catch (error) {
        throw wrapped(error, inputs);
      }
    },
    async read(id, urn, state) {
      const type = typeOf(urn);
      const read = await type.read(id, plain(state) as Values);
      if (!read) return null;
      const there = known(state, read);
      const inputs = Object.entries(there).filter(([name]) => name in shapeOf(type));
      return { state: there, inputs: Object.fromEntries(inputs) };
    },
    async update(id, urn, before, inputs) {
      const { update } = typeOf(urn);
      if (!update) throw new Error(`The stand-in cannot update ${urn}.`);
      try {
        return known(inputs, await update(id, plain(before) as Values, plain(inputs) as Values));
      } catch (error) {
        throw wrapped(error, inputs);
      }
    },
    remove: (id, urn, state) => typeOf(urn).remove(id, plain(state) as Values),
    async invoke(token, inputs) {
      const call = functions[token];
      if (!call) throw new Error(`The stand-in does not know the function ${token}.`);
      return call(plain(inputs) as Values);
    },
  };
}

function shapeOf({ replaces, updates }: ResourceType): object {
  return { ...replaces, ...updates };
}

/** With the secrets of the inputs wrapped again in what is kept. */
function wrapped(error: unknown, inputs: Values): unknown {
  return error instanceof HalfMade ? new HalfMade(error.id, known(inputs, error.read), error.message) : error;
}

/** What was given, secrets still wrapped, overlaid with what was read back where that differs. */
function known(given: Values, read: Values): Values {
  const changed = Object.entries(read).filter(([name, value]) => !isDeepStrictEqual(plain(given[name]), value));
  return { ...given, ...Object.fromEntries(changed) };
}

function changedNames(olds: Values, news: Values, shape: object): string[] {
  return Object.keys(shape).filter((name) => !isDeepStrictEqual(plain(olds[name]), plain(news[name])));
}

function unknownNames(shape: object, value: Values, above: string): Problem[] {
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
