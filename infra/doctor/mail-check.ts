import { type CheckResult, failed, passed } from './check-result.ts';
import type { HostFacts } from './host-facts.ts';
import type { HostTarget } from './target.ts';

/** Whether the host (not this machine) reaches the port of the mail server. */
export function checkMail({ mail }: HostFacts, server: NonNullable<HostTarget['mail']>): CheckResult {
  const check = `mail ${server.host}:${server.port}`;
  if (mail === 'open') return passed(check, 'reachable from the host');
  return failed(
    check,
    `not reachable from the host (${mail ?? 'not tried'})`,
    'check host name and port. Linode blocks outgoing 25, 465 and 587 on new accounts until its support lifts the block.',
  );
}
