import { Command } from 'commander';
import type { CliContext } from '../../runtime/cli-context.ts';
import { createLog } from '../../runtime/log.ts';
import { readSummarySettings } from '../../settings/settings.ts';
import type { DeliveryState } from '../ledger.ts';
import { roundOf } from '../round.ts';
import { dayOption, dayOrYesterday } from './day-option.ts';
import { deliveryTable } from './status-text.ts';
import { collectAddresses, requireAddresses } from './to-option.ts';

type Options = { day?: string; to: string[]; force?: boolean };

const refused: readonly DeliveryState[] = ['rejected'];
const whatever: readonly DeliveryState[] = ['rejected', 'uncertain', 'accepted'];

export function sendCommand(context: CliContext): Command {
  return new Command('send')
    .description('send a summary now to whom has not got it')
    .option(...dayOption)
    .option(
      '--to <address>',
      'send to this address instead of SUMMARY_RECIPIENTS; may be repeated',
      collectAddresses,
      [],
    )
    .option('--force', 'also to whom has got it, or may have')
    .addHelpText('after', '\nA day that was sent before is sent as it was. Exit code 1 when somebody did not get it.')
    .action(async ({ day: given, to, force }: Options) => {
      const settings = readSummarySettings(context.environment);
      const { requireRecipients } = await import('../service.ts');
      const recipients = to.length > 0 ? to : settings.summary.recipients;
      requireAddresses(to);
      requireRecipients(recipients);
      const { clock, signal } = context;
      const day = dayOrYesterday(given, clock, settings.zone);
      const { openOffice } = await import('../office.ts');
      const { sendDay } = await import('../send-day.ts');
      const { noteGoodDay } = await import('../note-good-day.ts');
      const log = createLog(clock, settings.zone, { out: context.err, err: context.err });
      const office = openOffice(settings, { clock, log, signal });
      try {
        const before = office.ledger.of(day);
        const { deliveries, failure } = await sendDay(day, recipients, office, force ? whatever : refused);
        context.out(deliveryTable(deliveries, settings.zone));
        signal.throwIfAborted();
        await noteGoodDay(day, before, office);
        const round = roundOf(deliveries, failure);
        if (round.kind === 'failed') throw round.failure;
      } finally {
        office.close();
      }
    });
}
