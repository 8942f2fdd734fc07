import { type AlertBudget, alertBudgetSchema, emptyBudget } from '../monitoring/alerts/alert-budget.ts';
import { openSummaries } from './summaries-file.ts';

/** What the alerts about summaries remember from day to day. */
export type AlertBudgetFile = { read(): AlertBudget; keep(budget: AlertBudget): void; close(): void };

/** Opens it in `STATE_DIR/summaries.db`. Throws STATE_UNWRITABLE. */
export function openAlertBudget(stateDir: string): AlertBudgetFile {
  const { run, rows, close } = openSummaries(stateDir);
  return {
    read() {
      const [found] = rows<{ value: string }>(`SELECT value FROM alerts WHERE name = 'budget'`);
      return found === undefined ? emptyBudget : alertBudgetSchema.parse(JSON.parse(found.value));
    },
    keep: (budget) =>
      void run(`INSERT OR REPLACE INTO alerts (name, value) VALUES ('budget', ?)`, JSON.stringify(budget)),
    close,
  };
}
