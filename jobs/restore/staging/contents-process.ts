/** The child of `readCharacter`: reads what the database named as its argument holds, and answers by IPC. */
import Sqlite from 'better-sqlite3';
import { readContents } from '../../sqlite/contents.ts';
import type { Answer } from './character.ts';
import { characterIn } from './verified.ts';

process.on('disconnect', () => process.exit());
process.send?.(answerFor(process.argv[2] ?? ''), () => process.disconnect?.());

function answerFor(file: string): Answer {
  try {
    const connection = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5000 });
    connection.exec('BEGIN');
    const character = characterIn(readContents(connection));
    connection.close();
    return { character };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
