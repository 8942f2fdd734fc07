import { Failure } from '../runtime/errors.ts';
import type { ObjectMetadata } from './store.ts';

const longestKeyBytes = 1024;
const longestMetadataBytes = 2048;

/**
 * `key` itself when every store can keep an object under it: parts separated by `/`, none of them empty or beginning
 * with a dot, at most 1024 bytes (the limit of S3). Throws ARGUMENT_INVALID, so that no key leaves a store's folder.
 */
export function checkedKey(key: string): string {
  const why = keyProblem(key);
  if (why === null) return key;
  throw new Failure(
    'ARGUMENT_INVALID',
    `The key ${JSON.stringify(key)} is neither read nor written: ${why}.`,
    'If that object is a backup, copy it to another name with the client that wrote it; nightshift reads names such as sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz.',
  );
}

function keyProblem(key: string): string | null {
  const parts = key.split('/');
  if (parts.includes('')) return 'a part of it is empty';
  if (parts.some((part) => part.startsWith('.'))) return 'a part of it begins with a dot';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(key)) return 'it has a control character';
  return Buffer.byteLength(key) > longestKeyBytes ? `it is longer than ${longestKeyBytes} bytes` : null;
}

/**
 * `metadata` itself when it fits into S3 headers: names of lower-case letters, digits and dashes; values of printable
 * ASCII, neither empty nor with space around; 2 KB in all. Throws a RangeError: what does not fit is a programming error.
 */
export function checkedMetadata(metadata: ObjectMetadata): ObjectMetadata {
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (!/^[a-z0-9-]+$/.test(name)) throw new RangeError(`metadata name "${name}" is not lower case with dashes`);
    if (!/^[!-~]([ -~]*[!-~])?$/.test(value)) {
      throw new RangeError(`metadata ${name} is not printable ASCII: ${JSON.stringify(value)}`);
    }
    bytes += name.length + value.length;
  }
  if (bytes > longestMetadataBytes) throw new RangeError(`metadata has ${bytes} bytes, over ${longestMetadataBytes}`);
  return metadata;
}
