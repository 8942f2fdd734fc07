import { createHmac, timingSafeEqual } from 'node:crypto';
import { keyFor } from './access/keys.ts';

/**
 * The address a mail gives for its own day: `https://host/day/2025-11-30/open/TOKEN`. The token holds the second at which
 * it expires and a signature over both; it opens that day and nothing else. `publicUrl` is used for its origin only.
 */
export function signedLink(publicUrl: string, signingKey: string, day: string, expiresAt: Temporal.Instant): string {
  const expiry = Math.floor(expiresAt.epochMilliseconds / 1000).toString(36);
  return new URL(`/day/${day}/open/${expiry}.${signature(signingKey, day, expiry)}`, publicUrl).href;
}

export type LinkCheck =
  | { readonly state: 'valid'; readonly expiresAt: Temporal.Instant }
  | { readonly state: 'expired' }
  | { readonly state: 'forged' };

/** Whether a link's token is valid for this day. Compares in constant time. */
export function checkLink(signingKey: string, day: string, token: string, now: Temporal.Instant): LinkCheck {
  const [, expiry, given] = /^([0-9a-z]{1,9})\.([\w-]{43})$/.exec(token) ?? [];
  if (expiry === undefined || given === undefined) return { state: 'forged' };
  if (!timingSafeEqual(Buffer.from(given), Buffer.from(signature(signingKey, day, expiry)))) return { state: 'forged' };
  const expiresAt = Temporal.Instant.fromEpochMilliseconds(Number.parseInt(expiry, 36) * 1000);
  return Temporal.Instant.compare(now, expiresAt) < 0 ? { state: 'valid', expiresAt } : { state: 'expired' };
}

function signature(signingKey: string, day: string, expiry: string): string {
  return createHmac('sha256', keyFor('link', signingKey)).update(`${day} ${expiry}`).digest('base64url');
}
