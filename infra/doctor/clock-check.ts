import { plural } from '../../jobs/runtime/format.ts';
import { type CheckResult, failed, passed } from './check-result.ts';
import type { HostFacts } from './host-facts.ts';

const maxSkewSeconds = 60;

/** The host's clock must lie between this machine's clock before and after the probe; all in seconds since 1970. */
export function checkClock({ now }: HostFacts, before: number, after: number): CheckResult {
  const check = 'clock';
  const skew = now < before ? now - before : now > after ? now - after : 0;
  const off = Math.abs(Math.round(skew));
  if (off === 0) return passed(check, 'in sync with this machine');
  const message = `the host is ${plural(off, 'second')} ${skew < 0 ? 'behind' : 'ahead of'} this machine`;
  if (off <= maxSkewSeconds) return passed(check, message);
  return failed(
    check,
    message,
    'correct the wrong clock (`timedatectl set-ntp true`): backups are named by it, and object storage refuses requests that are 15 minutes off.',
  );
}
