import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { keyFor } from './keys.ts';

/** What a visitor may see: every day and the status, or one day. */
export type Session = { readonly scope: 'all' } | { readonly scope: 'day'; readonly day: string };

export type Sessions = {
  /** An opaque cookie value. */
  open(session: Session, expiresAt: Temporal.Instant): string;
  /** Null for a value that is forged, changed, expired or ended. */
  read(value: string, now: Temporal.Instant): Session | null;
  /** Signing out: the value is refused from now on, until a restart at the most, or its end. */
  end(value: string, now: Temporal.Instant): void;
};

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const maxEnded = 10_000;

/**
 * Sessions live in their cookies, sealed (AES-256-GCM), so a restart ends none. A new password or a new signing key
 * ends all of them.
 */
export function createSessions(signingKey: string, passwordHash: string): Sessions {
  const key = keyFor(`session ${passwordHash}`, signingKey);
  const ended = new Map<string, number>();
  return {
    open(session, expiresAt) {
      const iv = randomBytes(ivBytes);
      const seal = createCipheriv(cipher, key, iv, { authTagLength: tagBytes });
      const day = session.scope === 'day' ? session.day : '';
      const sealed = Buffer.concat([seal.update(`${expiresAt.epochMilliseconds} ${day}`), seal.final()]);
      return Buffer.concat([iv, sealed, seal.getAuthTag()]).toString('base64url');
    },
    read(value, now) {
      if (ended.has(value)) return null;
      const [expiry, day] = unsealed(value, key)?.split(' ') ?? [];
      if (expiry === undefined || day === undefined || now.epochMilliseconds >= Number(expiry)) return null;
      return day === '' ? { scope: 'all' } : { scope: 'day', day };
    },
    end(value, now) {
      const expiry = Number(unsealed(value, key)?.split(' ')[0] ?? 0);
      for (const [old, until] of ended) if (until <= now.epochMilliseconds || ended.size >= maxEnded) ended.delete(old);
      if (expiry > now.epochMilliseconds) ended.set(value, expiry);
    },
  };
}

/** The sealed text, or null when one bit of it is not ours. Only the one spelling that `open` gave is read. */
function unsealed(value: string, key: Buffer): string | null {
  const bytes = Buffer.from(value, 'base64url');
  if (bytes.length <= ivBytes + tagBytes || bytes.toString('base64url') !== value) return null;
  const seal = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  seal.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([seal.update(bytes.subarray(ivBytes, -tagBytes)), seal.final()]).toString();
  } catch {
    return null;
  }
}
