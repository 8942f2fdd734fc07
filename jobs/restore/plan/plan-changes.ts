import type { RestorePlan } from './plan.ts';

/**
 * What of a plan that a person has agreed to does not hold any more, in words; empty when all does. A database that is in use
 * gains and loses rows all the time: only what is lost by the restore, and was not before, is a change.
 */
export function planChanges(shown: RestorePlan, now: RestorePlan): string[] {
  const added = (before: readonly string[], after: readonly string[]) => after.filter((each) => !before.includes(each));
  const [servicesBefore, servicesNow] = [servicesIn(shown), servicesIn(now)];
  const dangers = added(shown.dangers.map(keyOf), now.dangers.map(keyOf));
  const newDangers = now.dangers.filter((danger) => dangers.includes(keyOf(danger)));
  const lost = added(lostTables(shown), lostTables(now));
  return [
    ...(shown.databaseInode === now.databaseInode ? [] : ['the database was replaced by another file']),
    ...(servicesBefore === servicesNow ? [] : [`the services to stop have changed: ${servicesNow || 'none'}`]),
    ...(lost.length === 0 ? [] : [`more tables would lose all their rows: ${lost.join(', ')}`]),
    ...newDangers.map(({ question }) => `this was found: ${question.replace(/\.$/, '')}`),
  ];
}

function servicesIn({ services: { stop, joined } }: RestorePlan): string {
  return [...stop.map(({ service }) => service.name), ...joined.map(({ name }) => `${name} (restarted)`)].join(', ');
}

const keyOf = ({ refusal }: RestorePlan['dangers'][number]) => refusal?.code ?? 'schema';

const lostTables = ({ comparison }: RestorePlan) =>
  comparison.rows.filter(({ now, backup }) => (now ?? 0) > 0 && (backup ?? 0) === 0).map(({ table }) => table);
