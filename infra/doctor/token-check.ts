import { type CheckResult, failed, passed } from './check-result.ts';
import type { LinodeFacts } from './linode-facts.ts';
import { grants, type ScopeArea, scopeAreas, type TokenScope } from './token-scopes.ts';

const check = 'Linode token';
const tokensPage = 'cloud.linode.com/profile/tokens';

/** No token at all. */
export function missingToken(needed: readonly TokenScope[]): CheckResult {
  return failed(
    check,
    'is not set',
    `create one at ${tokensPage} that may ${scopesText(needed)}, then LINODE_TOKEN=… or \`pulumi config set --secret linode:token\`.`,
  );
}

/** Whether the token has every scope that the stack needs, by the API's response to a list request of each area. */
export function checkToken(facts: LinodeFacts, needed: readonly TokenScope[]): CheckResult {
  const responses = needed.map((scope) => ({ scope, response: facts.areas.get(scope.area) }));
  for (const { response } of responses) {
    if (response?.kind === 'unreachable') {
      return failed(
        check,
        `no response from the API (${response.reason})`,
        'check the network of this machine, and LINODE_URL if it is set.',
      );
    }
    if (response?.kind === 'refused' && response.status === 401 && /invalid token/i.test(response.reason)) {
      return failed(
        check,
        `the API rejects it (${response.reason})`,
        `it has expired or is incomplete: create another at ${tokensPage}.`,
      );
    }
  }
  const other = responses.find(({ response }) => response?.kind === 'refused' && ![401, 403].includes(response.status));
  if (other?.response?.kind === 'refused') {
    const { status, reason } = other.response;
    return failed(
      check,
      `${scopeAreas[other.scope.area]} responded with ${status} (${reason})`,
      'try again in a few minutes.',
    );
  }
  const missing = responses.filter(({ scope, response }) => {
    if (response?.kind !== 'found') return true;
    return response.scopes !== null && !grants(response.scopes, scope);
  });
  if (missing.length === 0) return passed(check, `may ${scopesText(needed)}`);
  return failed(
    check,
    `may not ${scopesText(missing.map(({ scope }) => scope))}`,
    `the access of a token cannot be changed: create one at ${tokensPage} that may ${scopesText(needed)}. If it has that access, its user lacks the grant.`,
  );
}

const areaNames: Record<ScopeArea, string> = {
  object_storage: 'Object Storage',
  linodes: 'Linodes',
  volumes: 'Volumes',
  firewall: 'Firewalls',
  domains: 'Domains',
  events: 'Events',
};

/** `read and write Object Storage, Volumes; read Events`, in the words of Linode's own form. */
function scopesText(scopes: readonly TokenScope[]): string {
  const of = (access: TokenScope['access']) =>
    scopes.filter((scope) => scope.access === access).map(({ area }) => areaNames[area]);
  const lists = [
    ['read and write', of('read_write')],
    ['read', of('read_only')],
  ] as const;
  return lists.flatMap(([verb, names]) => (names.length === 0 ? [] : [`${verb} ${names.join(', ')}`])).join('; ');
}
