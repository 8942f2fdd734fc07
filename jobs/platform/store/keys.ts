import { Failure } from '../errors.ts';
import type { Metadata } from './store.ts';

const longestKeyBytes = 1024;
const longestMetadataBytes = 2048;

/**
 * `key` itself when every store can keep an object under it: parts separated by `/`, none of them empty or beginning
 * with a dot, at most 1024 bytes (the limit of S3). Throws ARGUMENT_INVALID, so that no key leaves a store's folder.
 */
export function checkedKey(key: string): string {
  const partsFit = key.split('/').every((part) => part !== '' && !part.startsWith('.'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  const readable = !/[\u0000-\u001f\u007f]/.test(key);
  if (partsFit && readable && Buffer.byteLength(key) <= longestKeyBytes) return key;
  throw new Failure(
    'ARGUMENT_INVALID',
    `${JSON.stringify(key)} cannot be the key of a stored object.`,
    'Give a key as `nightshift list` prints it, such as sqlite-backups/daily/csv_data_2025-11-30_020000.db.gz.',
  );
}

/**
 * `metadata` itself when it fits into S3 headers: names of lower-case letters, digits and dashes; values of printable
 * ASCII, neither empty nor with space around; 2 KB in all. Throws a RangeError: what does not fit is a programming error.
 */
export function checkedMetadata(metadata: Metadata): Metadata {
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
