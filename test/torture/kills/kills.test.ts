import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../lab/parts.ts';
import { everyNth } from '../../sampling.ts';
import { killAgainAndAgain } from './kills.ts';
import { backupKills } from './subjects/backup.ts';
import { restoreKills } from './subjects/restore.ts';
import { sendKills } from './subjects/send.ts';

for (const { subject, parts, kills } of [
  { subject: restoreKills, parts: ['docker', 'root'], kills: 4 },
  { subject: backupKills, parts: ['s3'], kills: 4 },
  { subject: sendKills, parts: [], kills: 6 / everyNth(6) },
] as const) {
  test(`${subject.name}, killed at random moments: ${subject.promise}`, needs(...parts), async () => {
    const { problems } = await killAgainAndAgain(subject, kills);
    assert.deepEqual(problems, []);
  });
}
