import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { readSummarySettings } from '../../settings/settings.ts';
import { requireDatabaseFile } from '../../sqlite/snapshot/source-file.ts';
import { dayBefore } from '../due.ts';
import { openQueries } from '../measure/queries.ts';
import { profileDatabase } from '../profile/profile.ts';
import { reportJsonSchema } from '../report/json-schema.ts';
import { reportYaml } from '../report/report-yaml.ts';

export function initCommand(context: CliContext): Command {
  return new Command('init')
    .description('write what the summary says of this database as a report to edit')
    .argument('[file]', 'YAML file to write; an existing one is left as it is', 'summary.yaml')
    .action(async (given: string) => {
      const { databases, zone } = readSummarySettings(context.environment);
      const [database] = databases;
      if (database === undefined) return;
      await requireDatabaseFile(database.path);
      const queries = openQueries(database.path, zone, context.signal);
      try {
        const day = dayBefore(context.clock.now(), zone);
        const { report, assumptions } = await profileDatabase(queries.ask, database.name, day, zone);
        if (report === null) throw nothingToPin(database.path);
        const file = path.resolve(given);
        await writeNew(file, reportYaml(report, assumptions));
        const schema = path.join(path.dirname(file), 'report.schema.json');
        await writeFile(schema, reportJsonSchema());
        context.out(
          `${file}\n${schema}, for editors that complete and check\nEdit it, set SUMMARY_REPORT to it, and look: nightshift summary preview\n`,
        );
      } finally {
        queries.close();
      }
    });
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const code = systemCodeOf(error);
    const exists = code === 'EEXIST';
    throw new Failure(
      'SUMMARY_FILE_EXISTS',
      exists ? `${file} is there already and was left as it is.` : `${file} cannot be written (${code}).`,
      'Name another file: nightshift summary init FILE',
      error,
    );
  }
}

function nothingToPin(database: string): Failure {
  return new Failure('DATABASE_EMPTY', `${database} has no tables yet.`, 'Try again when it holds data.');
}
