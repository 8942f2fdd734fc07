import * as rule from '../rules.ts';
import { setting } from '../setting.ts';

export const containers = [
  setting({
    environment: null,
    stack: 'engine',
    rule: rule.oneOf('container', 'swarm'),
    default: 'container',
    readBy: ['deployment'],
    meaning: 'container (one machine), or swarm (Docker Swarm, one to many nodes)',
  }),
  setting({
    environment: null,
    stack: 'swarmNode',
    rule: rule.text,
    readBy: ['deployment'],
    meaning:
      'host name of this host in a Swarm; required with several managers, as image and folders are on this one alone',
  }),
  setting({
    environment: null,
    stack: 'configFolder',
    rule: rule.hostFolder,
    default: '/etc/nightshift',
    readBy: ['deployment'],
    meaning: 'folder on the host for settings and secrets',
  }),
  setting({
    environment: null,
    stack: 'commandFolder',
    rule: rule.hostFolder,
    default: '/usr/local/bin',
    readBy: ['deployment'],
    meaning: 'where the host gets its `nightshift` command',
  }),
  setting({
    environment: null,
    stack: 'replaceContainers',
    rule: rule.flag,
    default: 'false',
    readBy: ['deployment'],
    meaning: 'containers with our names that nightshift did not create may be stopped and removed',
  }),
  setting({
    environment: null,
    stack: 'healthTimeoutSeconds',
    rule: rule.whole(5, 7200),
    default: '600',
    readBy: ['deployment'],
    meaning: 'how long `up` waits for a service to become healthy',
  }),
  setting({
    environment: null,
    stack: 'memoryMiB',
    rule: rule.whole(64, 1_048_576),
    default: '1024',
    readBy: ['deployment'],
    meaning: 'memory limit of each service',
  }),
] as const;
