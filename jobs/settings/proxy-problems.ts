import type { Environment } from '../runtime/cli-context.ts';
import type { SettingProblem } from './problem.ts';

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/** Node would leave out a proxy whose address it cannot use, and connect without it. The address may hold a password. */
export function reportProxyProblems(environment: Environment, problems: SettingProblem[]): void {
  for (const name of names.filter((one) => environment[one] && !isUsable(environment[one]))) {
    const hint = 'set it to the http:// or https:// address of a proxy, or leave it out';
    problems.push({ name, found: 'is not usable', hint });
  }
}

function isUsable(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '' && isDecodable(url);
}

/** Whether a percent sign in its login stands for what follows it. */
function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}${password}`);
    return true;
  } catch {
    return false;
  }
}
