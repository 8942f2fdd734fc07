import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Cost of scrypt as OWASP recommends it for 32 MiB of memory. */
const cost = { ln: 15, r: 8, p: 3 };
const hashBytes = 32;

export type PasswordHash = {
  /** Binary logarithm of scrypt's N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
};

/** `scrypt:15:8:3:SALT:HASH`, with a fresh salt. Without `$`, which shells and Compose files would replace. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, { ...cost, salt }, hashBytes);
  return ['scrypt', cost.ln, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

/** Null for what `hashPassword` cannot have made, or what would cost over 256 MiB to check. */
export function parsePasswordHash(text: string): PasswordHash | null {
  const [, ln, r, p, salt, hash] = /^scrypt:(\d\d):(\d\d?):(\d):([\w-]{22,86}):([\w-]{43,86})$/.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return null;
  const found = { ln: Number(ln), r: Number(r), p: Number(p) };
  const usable = found.ln >= 14 && found.ln <= 18 && found.r === 8 && found.p >= 1;
  if (!usable) return null;
  return { ...found, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

export async function passwordMatches(password: string, known: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, known, known.hash.length), known.hash);
}

/** The same password typed on another keyboard may come as other code points: NFKC makes them one. */
function derive(password: string, { ln, r, p, salt }: Omit<PasswordHash, 'hash'>, length: number): Promise<Buffer> {
  const options = { N: 2 ** ln, r, p, maxmem: 2 * 128 * r * 2 ** ln };
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, length, options, (error, key) => (error ? reject(error) : resolve(key))),
  );
}
