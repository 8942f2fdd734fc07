/** Commits rows into a database in WAL mode, leaves them in its -wal, and is killed. arguments: FILE, SQL */
import Sqlite from 'better-sqlite3';

const [, , file = '', sql = ''] = process.argv;
const connection = new Sqlite(file);
connection.pragma('journal_mode = WAL');
connection.pragma('wal_autocheckpoint = 0');
connection.exec(sql);
process.kill(process.pid, 'SIGKILL');
