import { lastDue } from './due.ts';
import { isAmong } from './ledger.ts';
import type { SendMeans } from './send-day.ts';
import { openTroubles } from './troubles.ts';
import { summaryWatch } from './watch.ts';

/** Ends an open trouble, and says so by mail, when everybody has the last summary that was due. `day`: what was sent. */
export async function endTrouble(day: string, { settings, ledger, clock, log, signal }: SendMeans): Promise<void> {
  const { recipients, schedule } = settings.summary;
  const accepted = ledger.of(day).flatMap(({ state, recipient }) => (state === 'accepted' ? [recipient] : []));
  const isRepaired = recipients.length > 0 && recipients.every((recipient) => isAmong(accepted, recipient));
  if (!isRepaired || lastDue({ cron: schedule, zone: settings.zone }, clock.now())?.day !== day) return;
  const troubles = openTroubles(settings.stateDir);
  try {
    if (troubles.current() === null) return;
    const watch = summaryWatch(settings, { troubles, clock, log, signal });
    watch.ended(day, { kind: 'sent', recipients }, []);
    await watch.settled();
  } finally {
    troubles.close();
  }
}
