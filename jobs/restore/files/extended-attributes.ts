import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a file has beside owner and mode, line by line as the tools print it; null: the tool is not there, or failed. */
export type ExtendedAttributes = {
  /** Its access control list, in the words of getfacl; empty when the mode says it all. */
  readonly acl: readonly string[] | null;
  /** Names with their values, in the words of getfattr. */
  readonly attributes: readonly string[] | null;
};

/** Reads both of a file by getfacl and getfattr: Node has no call for either. */
export async function readExtendedAttributes(file: string): Promise<ExtendedAttributes> {
  const match = '--match=^(user|trusted|security)[.]';
  const [acl, attributes] = await Promise.all([
    linesOf('getfacl', ['--omit-header', '--absolute-names', '--numeric', '--skip-base', file]),
    linesOf('getfattr', ['--absolute-names', '--dump', '--encoding=hex', match, file]),
  ]);
  return { acl, attributes };
}

/** Gives a file the ACL and extended attributes of another, as far as its disk and this user allow: read them afterwards. */
export async function copyExtendedAttributes(from: string, to: string): Promise<void> {
  await linesOf('cp', ['--attributes-only', '--preserve=mode,xattr', from, to]);
}

async function linesOf(command: string, args: readonly string[]): Promise<string[] | null> {
  try {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
    const { stdout } = await promisify(execFile)(command, args, { env });
    return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  } catch {
    return null;
  }
}
