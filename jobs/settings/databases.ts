import path from 'node:path';
import type { SettingProblem } from './problem.ts';

/** A database to work on. `name` is the file name without its ending and begins every object name. */
export type Database = { readonly name: string; readonly path: string };

/** One database a path; two of one name, or a name that cannot begin an object name, is a problem. */
export function databasesOf(paths: readonly string[], problems: SettingProblem[]): readonly Database[] {
  const all = paths.map((file) => ({ name: path.parse(file).name, path: path.resolve(file) }));
  const report = (found: string, hint: string) => problems.push({ name: 'DATABASE_PATH', found, hint });
  const repeated = all.filter(({ name }, index) => all.findIndex((other) => other.name === name) < index);
  for (const { name, path: file } of repeated) {
    report(
      `names two databases called ${name} (${file} is the second)`,
      'backups are named after the file, so rename one of the files',
    );
  }
  for (const { name, path: file } of all.filter((database) => !/^[\w-][\w.-]{0,149}$/.test(database.name))) {
    report(
      `names ${file}, and "${name}" cannot begin an object name`,
      'rename the file: every backup is named after it, so letters from a to z, digits, dot, dash and underscore, 150 at most, and no dot first',
    );
  }
  for (const relative of isSplitPath(paths) ? paths.filter((file) => !path.isAbsolute(file)) : []) {
    report(
      `names ${relative} after a comma, which is no full path`,
      'use full paths, without a comma in any name, as commas stand between databases',
    );
  }
  if (all.length === 0) report('names no file', 'set it to the path of the database');
  return all;
}

/** Whether a comma within a name seems to have made two of one path. */
function isSplitPath([first = '', ...others]: readonly string[]): boolean {
  return path.isAbsolute(first) && others.some((file) => !path.isAbsolute(file));
}
