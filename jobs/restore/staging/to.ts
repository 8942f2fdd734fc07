import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import { formatBytes, formatCount } from '../../runtime/format.ts';
import type { Database } from '../../settings/settings.ts';
import { requireFreeSpace } from '../../sqlite/snapshot/disk-space.ts';
import type { Owner } from '../choice/request.ts';
import type { Source } from '../choice/source.ts';
import { isWithin } from '../services/surroundings.ts';
import { parts } from '../switch/names.ts';
import { requireMovable } from './place.ts';
import type { StageTools } from './stage.ts';
import { integrityProof } from './verified.ts';

type Target = {
  readonly databases: readonly Database[];
  /** The state folder, and the folder store: nothing else is written there. */
  readonly keptFolders: readonly string[];
  readonly owner: Owner;
};

/**
 * Writes a verified copy of `source` to `file`, which must not be there yet. Touches no database and no service. Throws
 * ARGUMENT_INVALID, DATABASE_UNMOVABLE, DISK_FULL, or what the source is found to be.
 */
export async function writeTo(
  file: string,
  source: Source,
  { databases, keptFolders, owner }: Target,
  tools: StageTools & { readonly out: (text: string) => void },
): Promise<void> {
  refusePlace(file, databases, keptFolders);
  await requireMovable(file);
  const hint = 'Choose a folder on a larger disk.';
  await requireFreeSpace(path.dirname(file), source.leastBytes, 'the database', hint);
  const { bytes, character, findings } = await source.stage(file, owner, tools);
  const rows = Object.entries(character?.tables ?? {}).map(([table, count]) => `${table} ${formatCount(count)}`);
  tools.out(`\nWrote ${source.label} to ${file}, ${formatBytes(bytes)}\n`);
  tools.out(rows.map((row, index) => `  ${(index === 0 ? 'rows' : '').padEnd(11)}  ${row}\n`).join(''));
  if (findings.length > 0) tools.out(`  NOTE: ${integrityProof(findings)}\n`);
}

function refusePlace(file: string, databases: readonly Database[], keptFolders: readonly string[]): void {
  if (databases.some((database) => database.path === file)) {
    throw new Failure('ARGUMENT_INVALID', `${file} is the database itself.`, 'Leave out --to to restore into it.');
  }
  const belonging = databases.find(
    ({ path: database }) => file.startsWith(database) && /^[-.]/.test(file.slice(database.length)),
  );
  if (belonging !== undefined) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `${file} is a name that belongs to the database ${belonging.path}: SQLite or a restore would take it for its own.`,
      'Give a name in another folder.',
    );
  }
  const kept = keptFolders.find((folder) => isWithin(file, path.resolve(folder)));
  if (kept !== undefined) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `${file} lies in ${kept}, which is nightshift's own.`,
      'Choose another folder.',
    );
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure('ARGUMENT_INVALID', `${file} is a folder.`, 'Give the name of a file in it.');
  }
  const there = parts.map((part) => file + part).filter((name) => existsSync(name));
  if (there.length > 0) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `${there.join(' and ')} is there already.`,
      'Give another name, or move it away.',
    );
  }
}
