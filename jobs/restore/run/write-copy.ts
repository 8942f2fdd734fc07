import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../runtime/errors.ts';
import { formatBytes } from '../../runtime/format.ts';
import type { Database } from '../../settings/databases.ts';
import { requireFreeSpace } from '../../sqlite/snapshot/disk-space.ts';
import type { RestoreSource } from '../choice/restore-source.ts';
import { databaseParts } from '../files/names.ts';
import type { FileOwner } from '../options/restore-options.ts';
import { assertReplaceable } from '../staging/preflight.ts';
import type { StageDeps } from '../staging/stage-deps.ts';
import { integrityText } from '../staging/verified-file.ts';
import { isWithin } from '../usage/host-environment.ts';
import { factsText, rowFacts } from './report.ts';

type CopyTarget = {
  readonly databases: readonly Database[];
  /** The state folder, and the folder store: nothing else is written there. */
  readonly keptFolders: readonly string[];
  readonly owner: FileOwner;
};

/**
 * Writes a verified copy of `source` to `file`, which must not be there yet. Touches no database and no service. Throws
 * ARGUMENT_INVALID, DATABASE_UNMOVABLE, DISK_FULL, or what the source is found to be.
 */
export async function writeCopy(
  file: string,
  source: RestoreSource,
  { databases, keptFolders, owner }: CopyTarget,
  deps: StageDeps & { readonly out: (text: string) => void },
): Promise<void> {
  refuseDestination(file, databases, keptFolders);
  await assertReplaceable(file);
  const hint = 'Choose a folder on a larger disk.';
  await requireFreeSpace(path.dirname(file), source.leastBytes, 'the database', hint);
  const { bytes, fingerprint, findings } = await source.stage(file, { ...owner, attributesOf: null }, deps);
  deps.out(`\nWrote ${source.label} to ${file}, ${formatBytes(bytes)}\n`);
  deps.out(factsText(rowFacts(fingerprint?.tables ?? null)));
  if (findings.length > 0) deps.out(`  NOTE: ${integrityText(findings)}\n`);
}

function refuseDestination(file: string, databases: readonly Database[], keptFolders: readonly string[]): void {
  if (databases.some((database) => database.path === file)) {
    throw new Failure('ARGUMENT_INVALID', `${file} is the database itself.`, 'Leave out --to to restore into it.');
  }
  const belonging = databases.find(
    ({ path: database }) => file.startsWith(database) && /^[-.]/.test(file.slice(database.length)),
  );
  if (belonging !== undefined) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `${file} is a name that belongs to the database ${belonging.path}: SQLite or a restore would use it.`,
      'Give a name in another folder.',
    );
  }
  const kept = keptFolders.find((folder) => isWithin(file, path.resolve(folder)));
  if (kept !== undefined) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `${file} is in ${kept}, which nightshift uses itself.`,
      'Choose another folder.',
    );
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure('ARGUMENT_INVALID', `${file} is a folder.`, 'Give the name of a file in it.');
  }
  const there = databaseParts.map((part) => file + part).filter((name) => existsSync(name));
  if (there.length > 0) {
    throw new Failure(
      'ARGUMENT_INVALID',
      `${there.join(' and ')} already exists.`,
      'Give another name, or move it away.',
    );
  }
}
