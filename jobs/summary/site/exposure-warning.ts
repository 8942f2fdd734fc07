/** Why the page's public address exposes passwords and links on their way; null for https, and for this machine alone. */
export function exposureWarning(publicUrl: string | null): string | null {
  const address = publicUrl === null ? null : new URL(publicUrl);
  if (address === null || address.protocol === 'https:' || isLoopback(address.hostname)) return null;
  return `SUMMARY_PUBLIC_URL is ${address.origin}, without https: the password and the links in emails can be read on their way. Put a proxy with TLS in front of the page, and set https://${address.host}`;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}
