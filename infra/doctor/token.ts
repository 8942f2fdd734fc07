import type { LinodeFacts } from './linode-facts.ts';
import { type Area, areas, holds, type Scope } from './scopes.ts';
import { fail, ok, type Verdict } from './verdict.ts';

const part = 'Linode token';
const newToken = 'cloud.linode.com/profile/tokens';

/** No token at all. */
export function tokenMissing(needed: readonly Scope[]): Verdict {
  return fail(
    part,
    'is not set',
    `make one at ${newToken} that may ${spoken(needed)}, then LINODE_TOKEN=… or \`pulumi config set --secret linode:token\`.`,
  );
}

/** Whether the token is good for all that the stack needs, by what each area's list answered. */
export function judgeToken(facts: LinodeFacts, needed: readonly Scope[]): Verdict {
  const answers = needed.map((scope) => ({ scope, answer: facts.areas.get(scope.area) }));
  for (const { answer } of answers) {
    if (answer?.kind === 'unreachable') {
      return fail(
        part,
        `the API gave no answer (${answer.reason})`,
        'check the network here, and LINODE_URL if you set it.',
      );
    }
    if (answer?.kind === 'refused' && answer.status === 401 && /invalid token/i.test(answer.reason)) {
      return fail(
        part,
        `the API does not know it (${answer.reason})`,
        `it has expired or is not whole: make another at ${newToken}.`,
      );
    }
  }
  const busy = answers.find(({ answer }) => answer?.kind === 'refused' && ![401, 403].includes(answer.status));
  if (busy?.answer?.kind === 'refused') {
    const { status, reason } = busy.answer;
    return fail(part, `${areas[busy.scope.area]} answers ${status} (${reason})`, 'try again in a few minutes.');
  }
  const missing = answers.filter(({ scope, answer }) => {
    if (answer?.kind !== 'found') return true;
    return answer.scopes !== null && !holds(answer.scopes, scope);
  });
  if (missing.length === 0) return ok(part, `may ${spoken(needed)}`);
  return fail(
    part,
    `may not ${spoken(missing.map(({ scope }) => scope))}`,
    `a token cannot be widened: make one at ${newToken} that may ${spoken(needed)}. If it has them, its user lacks the grant.`,
  );
}

const words: Record<Area, string> = {
  object_storage: 'Object Storage',
  linodes: 'Linodes',
  volumes: 'Volumes',
  firewall: 'Firewalls',
  domains: 'Domains',
  events: 'Events',
};

/** `read and write Object Storage, Volumes; read Events`, in the words of Linode's own form. */
function spoken(scopes: readonly Scope[]): string {
  const of = (access: Scope['access']) =>
    scopes.filter((scope) => scope.access === access).map(({ area }) => words[area]);
  const lists = [
    ['read and write', of('read_write')],
    ['read', of('read_only')],
  ] as const;
  return lists.flatMap(([verb, names]) => (names.length === 0 ? [] : [`${verb} ${names.join(', ')}`])).join('; ');
}
