import type { CorpusDatabase } from './corpus-database.ts';
import { americanTwelveHours } from './databases/second/american-twelve-hours.ts';
import { evCharging } from './databases/second/ev-charging.ts';
import { eventTickets } from './databases/second/event-tickets.ts';
import { laundry } from './databases/second/laundry.ts';
import { payroll } from './databases/second/payroll.ts';
import { perfumes } from './databases/second/perfumes.ts';
import { pharmacy } from './databases/second/pharmacy.ts';
import { shortMonthNames } from './databases/second/short-month-names.ts';
import { signups } from './databases/second/signups.ts';
import { tablePerBranch } from './databases/second/table-per-branch.ts';
import { travelAgency } from './databases/second/travel-agency.ts';
import { wholesale } from './databases/second/wholesale.ts';

/** Databases made after the blind third was seen by the rules, again without a look at them, and scored once. */
export const secondCorpus: readonly CorpusDatabase[] = [
  americanTwelveHours,
  evCharging,
  eventTickets,
  laundry,
  payroll,
  perfumes,
  pharmacy,
  shortMonthNames,
  signups,
  tablePerBranch,
  travelAgency,
  wholesale,
];
