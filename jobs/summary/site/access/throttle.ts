/** An attempt to sign in: go on, and take it back if the password was right; or wait. */
type SignInAttempt =
  | { readonly allowed: true; readonly forgive: () => void }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

export type SignInSource = {
  /** An address. */
  readonly client: string;
  /** A device that somebody signed in on before; null: none. */
  readonly device: string | null;
};

export type Throttle = { attempt(source: SignInSource, now: Temporal.Instant): SignInAttempt };

const windowMs = 15 * 60_000;
const maxPerClient = 5;
const maxTotal = 60;

/**
 * Limits failed passwords: 5 in 15 minutes from one client, 60 in all; a known device has 5 of its own, whatever others do.
 * An attempt counts from its beginning, so that many at once do not slip through.
 */
export function createThrottle(): Throttle {
  let attempts: (SignInSource & { readonly at: number })[] = [];
  return {
    attempt({ client, device }, now) {
      const at = now.epochMilliseconds;
      attempts = attempts.filter((past) => past.at > at - windowMs && past.at <= at);
      const own = attempts.filter((past) => past.device === device && (device !== null || past.client === client));
      const unknown = attempts.filter((past) => past.device === null);
      const waits = [waitFor(own, maxPerClient, at), device === null ? waitFor(unknown, maxTotal, at) : 0];
      const retryAfterSeconds = Math.ceil(Math.max(...waits) / 1000);
      if (retryAfterSeconds > 0) return { allowed: false, retryAfterSeconds };
      const attempt = { client, device, at };
      attempts.push(attempt);
      return {
        allowed: true,
        forgive: () => {
          attempts = attempts.filter((past) => past !== attempt);
        },
      };
    },
  };
}

/** Milliseconds until one of the last `limit` attempts is out of the window; 0 when there is room. */
function waitFor(attempts: readonly { readonly at: number }[], limit: number, now: number): number {
  const oldest = attempts.at(-limit);
  return oldest === undefined || attempts.length < limit ? 0 : oldest.at + windowMs - now;
}
