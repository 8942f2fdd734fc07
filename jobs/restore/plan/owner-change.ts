import type { RestoreSource } from '../choice/restore-source.ts';
import { hasCapability } from '../files/capabilities.ts';
import { type ExtendedAttributes, readExtendedAttributes } from '../files/extended-attributes.ts';
import { fileOwner, isSameOwner, ownerText } from '../files/file-owner.ts';
import { defaultOwner, type FileOwner, type OwnerOptions, ownerAsked } from '../options/restore-options.ts';
import type { TargetOwner } from '../staging/stage.ts';

type Ownership = FileOwner & ExtendedAttributes;

/** Whose the file is now, and whose it will be. */
export type OwnerChange = {
  /** Null: there is no current file. */
  readonly now: Ownership | null;
  readonly wanted: FileOwner;
  /** As the file has it that is ready to take the place; null: there is none yet. */
  readonly after: Ownership | null;
  readonly origin: 'usual' | 'asked' | 'kept' | 'safety copy';
  /** Whether this user may give files to others. */
  readonly mayGive: boolean;
};

/** Owner and mode that the restored file gets: the usual ones, the current file's (--keep-owner), or those of the safety copy. */
export function targetOwner(
  { safetyCopy }: Pick<RestoreSource, 'safetyCopy'>,
  database: string,
  asked: OwnerOptions,
): TargetOwner {
  const model = safetyCopy?.path ?? (asked.keep ? database : null);
  const owner = model === null ? null : fileOwner(model);
  const isAsked = asked.ids !== null || asked.mode !== null;
  return { ...ownerAsked(asked, owner ?? defaultOwner), attributesOf: owner === null || isAsked ? null : model };
}

/** Reads what a restore does to owner, mode, ACL and extended attributes. `staged`: the staged file; null: not staged yet. */
export async function readOwnerChange(
  { safetyCopy }: Pick<RestoreSource, 'safetyCopy'>,
  database: string,
  asked: OwnerOptions,
  staged: string | null,
): Promise<OwnerChange> {
  const coming = safetyCopy?.isMoved ? safetyCopy.path : staged;
  const isAsked = asked.ids !== null || asked.mode !== null;
  return {
    now: await readOwnership(database),
    wanted: targetOwner({ safetyCopy }, database, asked),
    after: coming === null ? null : await readOwnership(coming),
    origin: isAsked ? 'asked' : safetyCopy !== null ? 'safety copy' : asked.keep ? 'kept' : 'usual',
    mayGive: hasCapability('chown'),
  };
}

async function readOwnership(file: string): Promise<Ownership | null> {
  const owner = fileOwner(file);
  return owner === null ? null : { ...owner, ...(await readExtendedAttributes(file)) };
}

/** `1000:1000, mode 644; now 0:0, mode 600 (--keep-owner keeps that)`. */
export function ownerChangeText(change: OwnerChange): string {
  const { now, wanted, after, origin } = change;
  const will = after ?? wanted;
  const text = `${ownerText(will)}${doubtText(change)}`;
  if (origin === 'kept' && now === null) return `${text}; there is no file to keep another from`;
  if (now === null) return text;
  if (isSameOwner(will, now)) return `${text}, ${origin === 'kept' ? 'kept' : 'as now'}`;
  return `${text}; now ${ownerText(now)}${origin === 'usual' ? ' (--keep-owner keeps that)' : ''}`;
}

function doubtText({ wanted, after, mayGive }: OwnerChange): string {
  if (after !== null) return isSameOwner(after, wanted) ? '' : `, since this user may not make it ${ownerText(wanted)}`;
  return mayGive ? '' : ' (if this user may give it away: root may)';
}

/** What a restore does to the ACL and the extended attributes of the current file, and what of them was not looked at. */
export function attributeRemarks({ now, after, origin }: OwnerChange): string[] {
  if (now === null) return [];
  const unread = [
    ...(now.acl === null ? ['ACL (getfacl)'] : []),
    ...(now.attributes === null ? ['extended attributes (getfattr)'] : []),
  ];
  const notKept = origin === 'kept' ? ', so whether they are kept is not known' : '';
  return [
    ...(unread.length === 0
      ? []
      : [`not looked at, for want of a tool that works here: ${unread.join(' and ')} of the current file${notKept}`]),
    ...changeRemarks('ACL', now.acl, after === null ? 'not staged' : after.acl, origin),
    ...changeRemarks('extended attributes', now.attributes, after === null ? 'not staged' : after.attributes, origin),
  ];
}

function changeRemarks(
  what: string,
  now: readonly string[] | null,
  after: readonly string[] | null | 'not staged',
  origin: OwnerChange['origin'],
): string[] {
  if (now === null || after === null) return [];
  const text = (lines: readonly string[]) => (lines.length === 0 ? 'none' : lines.join(' '));
  const flag = origin === 'usual' ? '; --keep-owner copies them' : '';
  if (after === 'not staged') {
    if (now.length === 0 || origin === 'kept') return [];
    return [`the ${what} of the current file will not be copied${flag}: ${text(now)}`];
  }
  if (text(now) === text(after)) return [];
  const refused = origin === 'kept' ? 'could NOT be kept: ' : '';
  return [`${refused}the ${what}, now ${text(now)}, will be ${text(after)}${flag}`];
}
