import { type KillSubject, killAgainAndAgain } from './kills.ts';
import { backupKills } from './subjects/backup.ts';
import { restoreKills } from './subjects/restore.ts';
import { sendKills } from './subjects/send.ts';

const subjects: Readonly<Record<string, KillSubject>> = { restore: restoreKills, backup: backupKills, send: sendKills };

/** `kills [SUBJECT …]`: kills each again and again at random moments. True when all kept their promise. Needs the lab's parts. */
export async function tortureKills(args: readonly string[]): Promise<boolean> {
  let survived = true;
  for (const name of args.length > 0 ? args : Object.keys(subjects)) {
    const subject = subjects[name];
    if (subject === undefined)
      throw new Error(`There is no subject "${name}"; there are: ${Object.keys(subjects).join(', ')}.`);
    const { killed, problems } = await killAgainAndAgain(subject, subject.kills);
    console.log([`${subject.name}: ${killed} kills, ${problems.length} problems`, ...problems].join('\n'));
    survived &&= problems.length === 0;
  }
  return survived;
}
