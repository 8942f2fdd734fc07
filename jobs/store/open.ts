import type { StoreLocation } from '../settings/store-location.ts';
import { createDirectoryStore } from './directory.ts';
import type { ObjectStore } from './store.ts';

/** The store the settings name. Nothing is read or written before its first use. */
export async function openStore(location: StoreLocation): Promise<ObjectStore> {
  if (location.kind === 'directory') return createDirectoryStore(location.folder);
  // Loaded only when needed: the SDK takes a tenth of a second and 20 MB.
  const { createS3Store } = await import('./s3.ts');
  return createS3Store(location);
}
