import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CorpusDatabase } from './corpus-database.ts';
import { type Leak, leaksIn, secretsOf } from './leaks.ts';
import { makeDatabase } from './make-database.ts';
import { type Score, scoreSummary } from './score.ts';
import { summaryOutputs } from './summary-outputs.ts';
import { trueAnswers } from './true-answers.ts';

export interface CorpusResult extends Score {
  readonly name: string;
  readonly leaks: readonly Leak[];
}

/** Makes each database and its summary, and scores it. */
export async function runCorpus(corpus: readonly CorpusDatabase[]): Promise<CorpusResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nightshift-corpus-'));
  const results: CorpusResult[] = [];
  try {
    for (const database of corpus) {
      const file = makeDatabase(database, folder);
      const { page, subject, texts } = await summaryOutputs(file, database);
      const score = scoreSummary({ ...page, subject }, trueAnswers(file, database));
      results.push({ name: database.name, ...score, leaks: leaksIn(texts, secretsOf(file, database.canaries)) });
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
