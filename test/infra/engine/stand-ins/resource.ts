import { isDeepStrictEqual } from 'node:util';

/**
 * The Pulumi engine's side of a stand-in: a table of resource types becomes a provider. The real plugins cannot be had where
 * these tests run; a stand-in does on real parts what the real one would do, by the same names and the same rules.
 */
export type PropertyValues = Readonly<Record<string, unknown>>;

/** Names of the inputs a stand-in knows; `true` takes anything below it. `T` is the argument type of the real package. */
export type InputNames<T> = { readonly [Name in keyof T]?: true | InputNames<Record<string, never>> | object };

export type ResourceType = {
  /** A change of these replaces the resource, as in the real provider. */
  readonly replaces: object;
  /** A change of these updates it in place. */
  readonly updates: object;
  readonly deleteBeforeReplace: boolean;
  /** What the provider fills in when it is left out: leaving it out is no change. */
  readonly computed?: readonly string[];
  /** Adds what the real provider works out from the inputs. */
  check?(inputs: PropertyValues): Promise<PropertyValues>;
  /** Returns the id and what is read back. Throws `HalfMade` when the resource exists but does not work. */
  create(inputs: PropertyValues, name: string): Promise<{ id: string; read: PropertyValues }>;
  /** The current resource, or null. `state` is what was last known. */
  read(id: string, state: PropertyValues): Promise<PropertyValues | null>;
  update?(id: string, before: PropertyValues, after: PropertyValues): Promise<PropertyValues>;
  remove(id: string, state: PropertyValues): Promise<void>;
};

/** The resource was created but does not work: the engine keeps it in its state as not initialized. */
export class PartiallyCreated extends Error {
  readonly id: string;
  readonly read: PropertyValues;

  constructor(id: string, read: PropertyValues, reason: string) {
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
  checkProvider(config: PropertyValues): readonly InputProblem[];
  configure(config: PropertyValues): Promise<void>;
  check(urn: string, inputs: PropertyValues): Promise<{ inputs: PropertyValues; problems: readonly InputProblem[] }>;
  diff(
    urn: string,
    state: PropertyValues,
    inputs: PropertyValues,
    ignored: readonly string[],
  ): { changed: string[]; replaces: string[]; deleteBeforeReplace: boolean };
  create(urn: string, inputs: PropertyValues): Promise<{ id: string; state: PropertyValues }>;
  read(
    id: string,
    urn: string,
    state: PropertyValues,
  ): Promise<{ state: PropertyValues; inputs: PropertyValues } | null>;
  update(id: string, urn: string, before: PropertyValues, inputs: PropertyValues): Promise<PropertyValues>;
  remove(id: string, urn: string, state: PropertyValues): Promise<void>;
  invoke(token: string, inputs: PropertyValues): Promise<PropertyValues>;
};

type InputProblem = { readonly property: string; readonly reason: string };

type ProviderDefinition = {
  readonly version: string;
  /** The provider's own configuration. */
  readonly config: object;
  configure?(config: PropertyValues): Promise<void>;
  readonly types: Readonly<Record<string, ResourceType>>;
  readonly functions?: Readonly<Record<string, (inputs: PropertyValues) => Promise<PropertyValues>>>;
};

/** A provider of these types and functions; a type, function or input it does not know is an error. */
export function standInFor({ version, config, configure, types, functions = {} }: ProviderDefinition): StandIn {
  const typeOf = (urn: string) => {
    const token = (urn.split('::')[2] ?? '').split('$').at(-1) ?? '';
    const type = types[token];
    if (!type) throw new Error(`The stand-in does not know the resource type ${token}.`);
    return type;
  };
  return {
    version,
    checkProvider: (given) =>
      unknownNames({ ...config, version: true }, withoutSecretMarks(given) as PropertyValues, ''),
    async configure(given) {
      await configure?.(withoutSecretMarks(given) as PropertyValues);
    },
    async check(urn, inputs) {
      const type = typeOf(urn);
      const problems = unknownNames(shapeOf(type), withoutSecretMarks(inputs) as PropertyValues, '');
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
        const { id, read } = await typeOf(urn).create(
          withoutSecretMarks(inputs) as PropertyValues,
          urn.split('::')[3] ?? '',
        );
        return { id, state: mergedState(inputs, read) };
      } catch (error) {
        throw withMergedState(error, inputs);
      }
    },
    async read(id, urn, state) {
      const type = typeOf(urn);
      const read = await type.read(id, withoutSecretMarks(state) as PropertyValues);
      if (!read) return null;
      const there = mergedState(state, read);
      const inputs = Object.entries(there).filter(([name]) => name in shapeOf(type));
      return { state: there, inputs: Object.fromEntries(inputs) };
    },
    async update(id, urn, before, inputs) {
      const { update } = typeOf(urn);
      if (!update) throw new Error(`The stand-in cannot update ${urn}.`);
      try {
        return mergedState(
          inputs,
          await update(id, withoutSecretMarks(before) as PropertyValues, withoutSecretMarks(inputs) as PropertyValues),
        );
      } catch (error) {
        throw withMergedState(error, inputs);
      }
    },
    remove: (id, urn, state) => typeOf(urn).remove(id, withoutSecretMarks(state) as PropertyValues),
    async invoke(token, inputs) {
      const call = functions[token];
      if (!call) throw new Error(`The stand-in does not know the function ${token}.`);
      return call(withoutSecretMarks(inputs) as PropertyValues);
    },
  };
}

function shapeOf({ replaces, updates }: ResourceType): object {
  return { ...replaces, ...updates };
}

/** With the secrets of the inputs wrapped again in what is kept. */
function withMergedState(error: unknown, inputs: PropertyValues): unknown {
  return error instanceof PartiallyCreated
    ? new PartiallyCreated(error.id, mergedState(inputs, error.read), error.message)
    : error;
}

/** What was given, secrets still wrapped, overlaid with what was read back where that differs. */
function mergedState(given: PropertyValues, read: PropertyValues): PropertyValues {
  const changed = Object.entries(read).filter(
    ([name, value]) => !isDeepStrictEqual(withoutSecretMarks(given[name]), value),
  );
  return { ...given, ...Object.fromEntries(changed) };
}

function changedNames(olds: PropertyValues, news: PropertyValues, shape: object): string[] {
  return Object.keys(shape).filter(
    (name) => !isDeepStrictEqual(withoutSecretMarks(olds[name]), withoutSecretMarks(news[name])),
  );
}

function unknownNames(shape: object, value: PropertyValues, above: string): InputProblem[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === '__defaults') return [];
    const path = `${above}${name}`;
    const below: unknown = Reflect.get(shape, name);
    if (below === undefined) return [{ property: path, reason: `The stand-in does not know the input ${path}.` }];
    if (below === true) return [];
    const items = Array.isArray(inner) ? inner : [inner];
    return items
      .filter((item) => typeof item === 'object' && item !== null)
      .flatMap((item) => unknownNames(below as object, item as PropertyValues, `${path}.`));
  });
}

/** The value without the marks of secrets in it. */
export function withoutSecretMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretMarks);
  if (typeof value !== 'object' || value === null) return value;
  if (secretMark in value && 'value' in value) return withoutSecretMarks(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutSecretMarks(inner)]));
}

/** Whether it contains a value that is known only during `up`. */
export function hasUnknown(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes(unknown);
}
