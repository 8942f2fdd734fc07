import Sqlite from 'better-sqlite3';
import type { Answer, CorpusDatabase } from './corpus-database.ts';

/** An answer's figure, rounded to cents. */
export interface TrueFigure extends Omit<Answer, 'sql'> {
  readonly value: number;
}

export interface TrueAnswers {
  readonly amounts: readonly TrueFigure[];
  readonly counts: readonly TrueFigure[];
}

/** The true answers about a day, by their SQL over the database. A sum over no rows is nothing to say: none. */
export function trueAnswers(file: string, { truth, day }: CorpusDatabase): TrueAnswers {
  const db = new Sqlite(file, { readonly: true });
  try {
    const figures = (answers: readonly Answer[]) =>
      answers.flatMap(({ sql, ...rest }) => {
        const value = db.prepare<[{ day: string }], number | null>(sql).pluck().get({ day });
        return typeof value === 'number' ? [{ ...rest, value: Math.round(value * 100) / 100 }] : [];
      });
    return { amounts: figures(truth.amounts), counts: figures(truth.counts) };
  } finally {
    db.close();
  }
}
