/**
 * The child of `openQueries`: answers one question after another by IPC, on a read-only connection to the database named
 * as its first argument; the zone is the second. A process of its own, since nothing but its death stops a running query.
 */
import type Sqlite from 'better-sqlite3';
import { answerTo } from './answer.ts';
import { openForReports } from './connection.ts';
import type { Answer, Question } from './question.ts';

const [file = '', zone = 'UTC'] = process.argv.slice(2);
let connection: Sqlite.Database | null = null;

process.on('disconnect', () => {
  connection?.close();
  process.exit();
});
process.on('message', (question: Question) => process.send?.(answer(question)));

function answer(question: Question): Answer {
  try {
    connection ??= openForReports(file, zone);
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), code };
  }
  return answerTo(connection, question);
}
