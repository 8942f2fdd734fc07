import type { FileOwner } from './restore-options.ts';

/** What a person typed after `nightshift restore`. */
export type CliOptions = {
  readonly file: string | undefined;
  /** The word after it: a kind, or what belongs to it. */
  readonly folder: string | undefined;
  readonly at?: string;
  readonly undo?: string | true;
  readonly safetyCopies?: true;
  readonly remove?: string;
  readonly state?: string | true;
  readonly replaceState?: true;
  readonly to?: string;
  readonly compare?: string | true;
  readonly compareLimit?: number;
  readonly database?: string;
  readonly identity?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly ignoreOpenFiles?: true;
  readonly allowUnseen?: true;
  readonly allowLostFile?: true;
  readonly allowOtherDatabase?: true;
  readonly allowEmpty?: true;
  readonly allowDamagedCopy?: true;
  readonly allowMissingServices?: true;
  readonly docker: boolean;
  readonly healthRollback: boolean;
  readonly healthTimeout?: number;
  readonly leaveOff?: string;
  readonly undoRoom?: boolean;
  readonly owner?: Pick<FileOwner, 'uid' | 'gid'>;
  readonly mode?: number;
  readonly keepOwner?: true;
};
