/** Kinds of public keys that age-encryption takes, by what stands before their last `1`, with their length in bytes. */
const kinds: Readonly<Record<string, number>> = { age: 32, age1pq: 1216, age1tag: 33, age1tagpq: 1249 };

const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const checksumLetters = 6;

/**
 * Whether `text` is a whole age public key: of a kind that can be encrypted to without a plugin, of its length, and with the
 * right checksum (Bech32, BIP 173), which no typing error keeps. Here and not of age-encryption, which every command would
 * have to load to read its settings.
 */
export function isAgeRecipient(text: string): boolean {
  const end = text.lastIndexOf('1');
  const kind = text.slice(0, Math.max(0, end));
  const bytes = kinds[kind];
  if (bytes === undefined) return false;
  const values = Array.from(text.slice(end + 1), (letter) => alphabet.indexOf(letter));
  if (values.includes(-1) || values.length !== Math.ceil((bytes * 8) / 5) + checksumLetters) return false;
  const padding = ((values.length - checksumLetters) * 5) % 8;
  const last = values[values.length - checksumLetters - 1] ?? 0;
  const isPaddedWithZeros = (last & ((1 << padding) - 1)) === 0;
  return isPaddedWithZeros && checksumOf([...expanded(kind), ...values]) === 1;
}

function expanded(kind: string): number[] {
  const codes = Array.from(kind, (letter) => letter.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function checksumOf(values: readonly number[]): number {
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  return values.reduce((sum, value) => {
    const shifted = ((sum & 0x1ffffff) << 5) ^ value;
    return generator.reduce((mixed, term, bit) => ((sum >> (25 + bit)) & 1 ? mixed ^ term : mixed), shifted);
  }, 1);
}
