import { type AlertBudget, alertBudgetSchema, emptyBudget } from '../../monitoring/alerts/alert-budget.ts';
import type { SummaryDatabase } from './connection.ts';

/** What the alerts about summaries remember from day to day. */
export type AlertBudgetStore = { read(): AlertBudget; write(budget: AlertBudget): void };

export function alertBudgetStore({ run, rows }: SummaryDatabase): AlertBudgetStore {
  return {
    read() {
      const [row] = rows<{ value: string }>(`SELECT value FROM alerts WHERE name = 'budget'`);
      return row === undefined ? emptyBudget : alertBudgetSchema.parse(JSON.parse(row.value));
    },
    write: (budget) =>
      void run(`INSERT OR REPLACE INTO alerts (name, value) VALUES ('budget', ?)`, JSON.stringify(budget)),
  };
}
