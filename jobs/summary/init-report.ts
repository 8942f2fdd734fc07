import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CliContext } from '../runtime/cli-context.ts';
import { localDay } from '../runtime/clock.ts';
import { Failure, systemCodeOf } from '../runtime/errors.ts';
import { readSummarySettings } from '../settings/settings.ts';
import { requireDatabaseFile } from '../sqlite/snapshot/source-file.ts';
import { dayBefore } from './due.ts';
import { profileDatabase } from './profile/profile.ts';
import { startQueryRunner } from './queries/query-runner.ts';
import { reportJsonSchema } from './report/json-schema.ts';
import { reportYaml } from './report/report-yaml.ts';

/**
 * Writes the report that is made for the database to `given`, and its JSON schema beside it. Throws SUMMARY_FILE_EXISTS when
 * the file is there or cannot be written, DATABASE_EMPTY, and what reading the settings or the database throws.
 */
export async function initReport(given: string, context: CliContext): Promise<void> {
  const { databases, zone } = readSummarySettings(context.environment);
  const [database] = databases;
  if (database === undefined) return;
  await requireDatabaseFile(database.path);
  const queries = startQueryRunner(database.path, zone, context.signal);
  try {
    const now = context.clock.now();
    const today = localDay(now, zone);
    const { draft: report, assumptions } = await profileDatabase(
      queries.run,
      database.name,
      dayBefore(now, zone),
      zone,
      today,
    );
    if (report === null) throw noTables(database.path);
    const file = path.resolve(given);
    await writeNew(file, reportYaml(report, assumptions));
    const schema = path.join(path.dirname(file), 'report.schema.json');
    await writeFile(schema, reportJsonSchema());
    context.out(
      `${file}\n${schema}, for completion and checks in editors\nEdit it, set SUMMARY_REPORT to its path, then run: nightshift summary preview\n`,
    );
  } finally {
    queries.close();
  }
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const code = systemCodeOf(error);
    const exists = code === 'EEXIST';
    throw new Failure(
      'SUMMARY_FILE_EXISTS',
      exists ? `${file} already exists and was not changed.` : `${file} cannot be written (${code}).`,
      'Choose another file: nightshift summary init FILE',
      error,
    );
  }
}

function noTables(database: string): Failure {
  return new Failure('DATABASE_EMPTY', `${database} has no tables yet.`, 'Try again when it has data.');
}
