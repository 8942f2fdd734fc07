import Sqlite from 'better-sqlite3';
import type { CorpusDatabase, TrueAnswer } from './corpus-database.ts';

/** An answer's figures by day, the day reported on last; a sum over nothing is 0. */
export interface TrueFigure extends Omit<TrueAnswer, 'sql'> {
  readonly series: readonly number[];
}

export interface TrueAnswers {
  readonly amounts: readonly TrueFigure[];
  readonly counts: readonly TrueFigure[];
  /** Whether nothing has arrived for so long that the owner should be told. */
  readonly stopped: boolean;
}

/** The true answers about a day and the days before it, by their SQL over the database. */
export function trueAnswers(file: string, { truth, day, stopped = false }: CorpusDatabase, days = 30): TrueAnswers {
  const db = new Sqlite(file, { readonly: true });
  const last = Temporal.PlainDate.from(day);
  const asked = Array.from({ length: days }, (_, index) => last.subtract({ days: days - 1 - index }).toString());
  const figures = (answers: readonly TrueAnswer[]) =>
    answers.map(({ sql, ...rest }) => {
      const statement = db.prepare<[{ day: string }], number | null>(sql).pluck();
      return { ...rest, series: asked.map((one) => Math.round((statement.get({ day: one }) ?? 0) * 100) / 100) };
    });
  try {
    return { amounts: figures(truth.amounts), counts: figures(truth.counts), stopped };
  } finally {
    db.close();
  }
}
