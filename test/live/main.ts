import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { hindrances, notice } from './before.ts';
import { liveJourney } from './journey.ts';

// `npm run test:live`: the deployment journey with the real pulumi CLI, the real providers and a real Linode account.
const { env } = process;
const name = `nightshift-live-${randomBytes(3).toString('hex')}`;
const region = env['LIVE_REGION'] ?? 'us-ord';
const absent = hindrances(env, process.stdin.isTTY === true);
if (absent.length > 0) {
  console.error(`test:live did not begin:\n${absent.map((line) => `  ${line}`).join('\n')}`);
  process.exit(2);
}
console.log(notice(name, region));
const terminal = createInterface({ input: process.stdin, output: process.stdout });
const answer = await terminal.question(`Type ${name} to begin, anything else to leave: `);
terminal.close();
if (answer.trim() !== name) {
  console.log('Nothing was made.');
  process.exit(4);
}
const keyFile = path.resolve(env['LIVE_SSH_KEY'] ?? '');
const publicKey = readFileSync(`${keyFile}.pub`, 'utf8').trim();
const folder = mkdtempSync(path.join(tmpdir(), `${name}-`));
await liveJourney({ name, region, keyFile, publicKey, folder, token: env['LINODE_TOKEN'] ?? '' });
