import { existsSync, readFileSync } from 'node:fs';

/** What root may do with files of others, and a container's root may lack: https://man7.org/linux/man-pages/man7/capabilities.7.html */
const bits = { chown: 0n, fowner: 3n } as const;

/** Whether the kernel lets this process give files away (`chown`), or act as the owner of any (`fowner`). */
export function hasCapability(name: keyof typeof bits): boolean {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (effective === undefined) return process.geteuid?.() === 0;
  return ((BigInt(`0x${effective}`) >> bits[name]) & 1n) === 1n;
}
