import type { PropertyValues } from '../resource.ts';

/** The version that an SDK of 5.1.1 asks for by itself. */
let version = '5.1.1';
let usesTemporaryKeys = false;

/** What the program asked of the plugin; the engine passes the version on. */
export async function configurePlugin(config: PropertyValues): Promise<void> {
  version = String(config['version'] ?? version);
  usesTemporaryKeys = String(config['objUseTempKeys']) === 'true';
}

/**
 * The key with which the real plugin reads and writes versioning and lifecycle rules. An E2 endpoint answers 403 to a new
 * key for up to 30 s: plugins before 5.5.0 use it at once. Nothing waits here.
 */
export function requireTemporaryKey(): void {
  if (!usesTemporaryKeys) throw new Error('access_key and secret_key are required for versioning and lifecycle rules');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 5 || (major === 5 && minor >= 5)) return;
  throw new Error('operation error S3, https response error StatusCode: 403, api error AccessDenied: UnknownError');
}
