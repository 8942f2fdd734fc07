import { Failure } from '../runtime/errors.ts';

/** Throws SETTINGS_INVALID when nobody would get a summary. */
export function requireRecipients(recipients: readonly string[]): void {
  if (recipients.length > 0) return;
  throw new Failure(
    'SETTINGS_INVALID',
    '1 setting is not usable; nothing was done.',
    'SUMMARY_RECIPIENTS is not set: set it to the addresses that receive the summary, or try `nightshift summary preview`, which sends nothing',
  );
}

/** Whether an address is among others: mailboxes are the same in upper and lower case. */
export function includesAddress(addresses: readonly string[], address: string): boolean {
  return addresses.some((other) => other.toLowerCase() === address.toLowerCase());
}
