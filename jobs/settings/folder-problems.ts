import { statSync } from 'node:fs';
import { systemCodeOf } from '../runtime/errors.ts';
import type { SettingProblem } from './problem.ts';

/** Reports a setting whose folder cannot be one: a file has its name, or one above it has. */
export function reportFolderProblem(name: string, folder: string, problems: SettingProblem[]): void {
  const found = whyNoFolder(folder);
  if (found !== null) problems.push({ name, found, hint: 'set it to a folder' });
}

/** Null: it is a folder, or could be made; what else stands in the way its user says. */
function whyNoFolder(folder: string): string | null {
  try {
    return statSync(folder).isDirectory() ? null : `is ${folder}, which is a file`;
  } catch (error) {
    return systemCodeOf(error) === 'ENOTDIR' ? `is ${folder}, and what it is to lie in is a file` : null;
  }
}
