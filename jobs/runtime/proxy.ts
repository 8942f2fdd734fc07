import type { Agent, AgentOptions } from 'node:http';

type Protocol = 'http:' | 'https:';

/** A proxy of the environment: which variable names it, and its host and port. Never its login. */
type ProxyInUse = { readonly variable: string; readonly host: string };

const variables: Readonly<Record<Protocol, string>> = { 'http:': 'HTTP_PROXY', 'https:': 'HTTPS_PROXY' };

/** The proxy for requests to addresses such as this one, where NO_PROXY does not except it; null: none. Node takes the lower-case name first. */
export function proxyFor(address: URL, environment: NodeJS.ProcessEnv = process.env): ProxyInUse | null {
  const name = variables[address.protocol as Protocol];
  const variable = [name.toLowerCase(), name].find((one) => environment[one]);
  const url = variable === undefined ? null : URL.parse(environment[variable] ?? '');
  return variable === undefined || url === null ? null : { variable, host: url.host };
}

/**
 * An agent that sends requests through HTTPS_PROXY or HTTP_PROXY, but for the hosts in NO_PROXY, as Node does it; undefined where
 * there is no proxy, which leaves a client its own.
 */
export function proxyAgent(address: URL, options: AgentOptions = {}): Agent | undefined {
  if (proxyFor(address) === null) return undefined;
  const { Agent } = process.getBuiltinModule(address.protocol === 'https:' ? 'node:https' : 'node:http');
  return new Agent({ ...options, proxyEnv: process.env });
}
