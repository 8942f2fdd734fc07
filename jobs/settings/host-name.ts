import { isIPv4, isIPv6 } from 'node:net';

/** Whether EHLO can give this name (RFC 5321): a host name, or an address in brackets. */
export function isHostName(text: string): boolean {
  const literal = /^\[(IPv6:)?(.+)\]$/i.exec(text);
  if (literal !== null) return literal[1] === undefined ? isIPv4(literal[2] ?? '') : isIPv6(literal[2] ?? '');
  const label = /^(?!-)[a-z\d-]{1,63}(?<!-)$/i;
  return text.length <= 253 && !isIPv4(text) && text.split('.').every((part) => label.test(part));
}
