import { nightshift, sourceProgram } from '../nightshift.ts';

/** A command as `--help` shows it: `restore`, `summary send`; the empty name is `nightshift` itself. */
export type Command = {
  readonly name: string;
  readonly options: ReadonlySet<string>;
  readonly subcommands: readonly string[];
};

/** Every command of nightshift by name, as its own `--help` lists it. */
export async function commandTree(): Promise<ReadonlyMap<string, Command>> {
  const top = await commandOf([]);
  const second = await Promise.all(top.subcommands.map((name) => commandOf([name])));
  const third = await Promise.all(
    second.flatMap(({ name, subcommands }) => subcommands.map((subcommand) => commandOf([name, subcommand]))),
  );
  return new Map([top, ...second, ...third].map((command) => [command.name, command]));
}

async function commandOf(words: readonly string[]): Promise<Command> {
  const { out } = await nightshift([...words, '--help'], {}, sourceProgram);
  const [, options = ''] = /^Options:\n(.*?)\n\n/ms.exec(`${out}\n\n`) ?? [];
  const [, commands = ''] = /^Commands:\n(.*?)\n\n/ms.exec(`${out}\n\n`) ?? [];
  return {
    name: words.join(' '),
    options: new Set([...options.matchAll(/^ {2}(-\w(?=,))?.*?(--[a-z-]+)/gm)].flatMap(([, ...names]) => names)),
    subcommands: [...commands.matchAll(/^ {2}([a-z-]+)/gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help'),
  };
}
