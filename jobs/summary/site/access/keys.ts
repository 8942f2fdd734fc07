import { hkdfSync } from 'node:crypto';

/** A 32-byte key for one purpose, made from the signing key (RFC 5869), so that no key serves two purposes. */
export function keyFor(purpose: string, signingKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', signingKey, '', `nightshift ${purpose}`, 32));
}
