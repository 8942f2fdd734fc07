import { BlockList, isIP, isIPv6 } from 'node:net';

const privateNetworks = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, bits, 'ipv4');
}
privateNetworks.addSubnet('::1', 128, 'ipv6');
privateNetworks.addSubnet('fc00::', 7, 'ipv6');

/**
 * The client, for counting failed passwords. Behind the one proxy that is trusted (it connects from this machine or a
 * private network) it is the last entry of X-Forwarded-For, the one that the proxy wrote itself: all before it is what
 * the client claims. An IPv6 address counts by its /64, which is one customer.
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, behindProxy: boolean): string {
  const direct = plain(peer);
  const claimed = plain(forwardedFor?.split(',').at(-1) ?? '');
  const trusted = behindProxy && isPrivate(direct) && isIP(claimed) !== 0;
  return network(trusted ? claimed : direct);
}

function plain(address: string): string {
  return address.trim().replace(/^::ffff:(?=[\d.]+$)/i, '');
}

function isPrivate(address: string): boolean {
  return isIP(address) !== 0 && privateNetworks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function network(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const before = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(0, gap) }, () => '0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
