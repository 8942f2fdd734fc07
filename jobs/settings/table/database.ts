import * as rule from '../rules.ts';
import { setting } from '../setting.ts';

export const database = [
  setting({
    environment: 'DATABASE_PATH',
    stack: { none: 'a path inside a container: set nightshift:dataFolder and nightshift:databases' },
    rule: rule.list,
    default: '/data/csv_data.db',
    readBy: ['backup', 'restore', 'summary'],
    meaning:
      'SQLite database, or several separated by commas; file names of English letters, digits, dot, dash and underscore, in folders of any name',
  }),
  setting({
    environment: null,
    stack: 'dataFolder',
    rule: rule.hostFolder,
    readBy: ['deployment'],
    meaning: 'folder of the databases on the host',
  }),
  setting({
    environment: null,
    stack: 'databases',
    rule: rule.databaseFiles,
    default: 'csv_data.db',
    readBy: ['deployment'],
    meaning: 'file names of the databases in it, separated by commas',
  }),
  setting({
    environment: 'STATE_DIR',
    stack: { none: 'set by the deployment' },
    rule: rule.folder,
    default: '/state',
    readBy: ['backup', 'restore', 'summary'],
    meaning: 'folder of the run history; made where only it is missing, as the next, but never `/state` and `/staging`',
  }),
  setting({
    environment: 'STAGING_DIR',
    stack: { none: 'set by the deployment' },
    rule: rule.folder,
    default: '/staging',
    readBy: ['backup', 'summary'],
    meaning: 'folder of work files; a disk with room for a copy of the database and two archives, never tmpfs',
  }),
  setting({
    environment: null,
    stack: 'stateFolder',
    rule: rule.hostFolder,
    default: '/var/lib/nightshift',
    readBy: ['deployment'],
    meaning: 'folder on the host for run history and work files',
  }),
  setting({
    environment: 'TIME_ZONE',
    stack: 'timeZone',
    rule: rule.timeZone,
    default: 'Asia/Kuala_Lumpur',
    readBy: ['backup', 'restore', 'summary'],
    meaning: 'IANA time zone of schedules, names and log lines',
  }),
] as const;
