import { Failure } from '../../platform/errors.ts';
import type { Database } from '../../platform/settings.ts';
import { openQueries } from '../measure/queries.ts';
import { readSteadily } from '../measure/steadily.ts';
import { profileDatabase } from '../profile/profile.ts';
import { reportYaml } from './report-yaml.ts';

type Request = {
  readonly database: Database;
  readonly day: string;
  readonly zone: string;
  readonly signal: AbortSignal;
};

/**
 * The YAML of the report that a database would be given without a report file: `nightshift summary init`. Throws
 * DATABASE_*, REPORT_INVALID when there is nothing to report, AbortError.
 */
export async function initialReport({ database, day, zone, signal }: Request): Promise<string> {
  const { value } = await readSteadily(database.path, { waitMs: 0, signal }, async () => {
    const { ask, close } = openQueries(database.path, zone, signal);
    try {
      return { ...(await profileDatabase(ask, database.name, day, zone)), answers: [] };
    } finally {
      close();
    }
  });
  const { report, assumptions } = value;
  if (report === null) {
    const sentence = `The database ${database.path} has no tables, so there is nothing to report yet.`;
    throw new Failure('REPORT_INVALID', sentence, 'Run it again when the database holds data.');
  }
  return reportYaml({ report, assumptions });
}
