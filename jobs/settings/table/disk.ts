import * as rule from '../rules.ts';
import { setting } from '../setting.ts';

export const disk = [
  setting({
    environment: null,
    stack: 'disk',
    rule: rule.oneOf('none', 'mounted', 'create', 'adopt'),
    default: 'none',
    readBy: ['deployment'],
    meaning: 'none, mounted (by hand, only checked), create or adopt (a Linode volume)',
  }),
  setting({
    environment: null,
    stack: 'diskLabel',
    rule: rule.matching(/^[\w-]{1,32}$/, 'at most 32 letters, digits and dashes'),
    readBy: ['deployment'],
    meaning: 'label of the volume',
  }),
  setting({
    environment: null,
    stack: 'diskSize',
    rule: rule.whole(10, 16_384),
    readBy: ['deployment'],
    meaning: 'size of the volume in GB; may grow, never shrink',
  }),
  setting({
    environment: null,
    stack: 'diskVolumeId',
    rule: rule.whole(1, 999_999_999),
    readBy: ['deployment'],
    meaning: 'id of the volume to adopt; it is never formatted',
  }),
  setting({
    environment: null,
    stack: 'mountPoint',
    rule: rule.hostFolder,
    readBy: ['deployment'],
    meaning: 'where the volume is mounted, such as /mnt/blockstorage',
  }),
] as const;
