import { z } from 'zod';
import { Failure } from '../../runtime/errors.ts';

/** `--to`: addresses, several times or separated by commas. */
export function collectAddresses(value: string, before: readonly string[]): string[] {
  return [...before, ...value.split(',').map((address) => address.trim())];
}

/** Throws ARGUMENT_INVALID with those that are none. */
export function requireAddresses(addresses: readonly string[]): void {
  const invalid = addresses.filter((address) => !z.email().safeParse(address).success);
  if (invalid.length === 0) return;
  throw new Failure(
    'ARGUMENT_INVALID',
    `--to ${invalid.join(', ')}: not a mail address.`,
    'Write it as name@example.com; several are separated by commas.',
  );
}
