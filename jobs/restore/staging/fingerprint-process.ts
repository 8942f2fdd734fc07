/** The child of `readFingerprint`: reads what the database named as its argument holds, and answers by IPC. */
import Sqlite from 'better-sqlite3';
import { sendResult } from '../../runtime/child-process.ts';
import { readContents } from '../../sqlite/contents.ts';
import type { FingerprintResult } from './read-fingerprint.ts';
import { fingerprintOfContents } from './verified-file.ts';

await sendResult(() => answerFor(process.argv[2] ?? ''));

function answerFor(file: string): FingerprintResult {
  try {
    const connection = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5000 });
    connection.exec('BEGIN');
    const fingerprint = fingerprintOfContents(readContents(connection));
    connection.close();
    return { fingerprint };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
