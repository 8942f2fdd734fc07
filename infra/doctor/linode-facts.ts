import { z } from 'zod';
import { type LinodeApi, type LinodeResponse, linodeApi } from './linode-api.ts';
import type { LinodeTarget, StackTarget } from './target.ts';
import { requiredScopes, type ScopeArea, scopeAreas } from './token-scopes.ts';

const page = <T>(item: z.ZodType<T>) => z.object({ data: z.array(item) });
const region = z.object({ id: z.string(), capabilities: z.array(z.string()) });
const endpoint = z.object({ region: z.string(), s3_endpoint: z.string().nullable() });
const bucket = z.object({ label: z.string(), region: z.string(), s3_endpoint: z.string() });
const volume = z.object({
  id: z.number(),
  label: z.string(),
  region: z.string(),
  size: z.number(),
  linode_label: z.string().nullable(),
  filesystem_path: z.string(),
});
const domain = z.object({ domain: z.string() });
const instance = z.object({ label: z.string(), ipv4: z.array(z.string()) });

type StorageEndpoint = z.infer<typeof endpoint>;
export type LinodeVolume = z.infer<typeof volume>;

/** Whether a bucket name is available, by an unauthenticated request to the bucket's public address. */
type NameAvailability = 'available' | 'taken' | { readonly unreachable: string };

export type LinodeFacts = {
  readonly areas: ReadonlyMap<ScopeArea, LinodeResponse<unknown>>;
  readonly regions: LinodeResponse<{ data: z.infer<typeof region>[] }>;
  readonly endpoints: LinodeResponse<{ data: StorageEndpoint[] }> | null;
  readonly bucket: LinodeResponse<z.infer<typeof bucket>> | null;
  /** Null when the account has the bucket, or its region has no endpoint. */
  readonly bucketName: NameAvailability | null;
  /** By id. */
  readonly volumes: ReadonlyMap<number, LinodeResponse<LinodeVolume>>;
  /** By label; empty when the account has no such host. */
  readonly instances: ReadonlyMap<string, LinodeResponse<{ data: z.infer<typeof instance>[] }>>;
  readonly domains: LinodeResponse<{ data: z.infer<typeof domain>[] }> | null;
};

/** Reads from the Linode API everything that the stack builds on. */
export async function fetchLinodeFacts(
  target: StackTarget,
  linode: LinodeTarget & { readonly token: string },
  signal: AbortSignal,
): Promise<LinodeFacts> {
  const api = linodeApi(linode.url, linode.token, signal);
  const wanted = requiredScopes(target).map(({ area }) => area);
  const ids = target.hosts.flatMap(({ disk }) => (disk?.volume.kind === 'adopted' ? [disk.volume.id] : []));
  const labels = target.hosts.flatMap(({ access }) => (access.kind === 'label' ? [access.label] : []));
  const [lists, regions, store, volumes, instances, domains] = await Promise.all([
    Promise.all(wanted.map(async (area) => [area, await api.get(scopeAreas[area], page(z.unknown()))] as const)),
    api.get('/regions?page_size=500', page(region)),
    fetchBucketFacts(linode.bucket, api, signal),
    Promise.all(ids.map(async (id) => [id, await api.get(`/volumes/${id}`, volume)] as const)),
    Promise.all(
      labels.map(async (label) => [label, await api.get('/linode/instances', page(instance), { label })] as const),
    ),
    wanted.includes('domains') ? api.get(scopeAreas.domains, page(domain)) : null,
  ]);
  return {
    areas: new Map(lists),
    regions,
    ...store,
    volumes: new Map(volumes),
    instances: new Map(instances),
    domains,
  };
}

async function fetchBucketFacts(
  wanted: LinodeTarget['bucket'],
  api: LinodeApi,
  signal: AbortSignal,
): Promise<Pick<LinodeFacts, 'endpoints' | 'bucket' | 'bucketName'>> {
  if (wanted === null) return { endpoints: null, bucket: null, bucketName: null };
  const [endpoints, own] = await Promise.all([
    api.get('/object-storage/endpoints?page_size=500', page(endpoint)),
    api.get(`/object-storage/buckets/${wanted.region}/${wanted.label}`, bucket),
  ]);
  const host = endpoints.kind === 'found' ? endpointHost(endpoints.value.data, wanted.region) : null;
  const isNotOurs = own.kind === 'refused' && own.status === 404 && host !== null;
  const bucketName = isNotOurs ? await probeBucketName(`https://${host}/${wanted.label}`, signal) : null;
  return { endpoints, bucket: own, bucketName };
}

/** Host name of the region's object storage; the first of several. */
function endpointHost(endpoints: readonly StorageEndpoint[], wanted: string): string | null {
  return endpoints.find((each) => each.region === wanted && each.s3_endpoint !== null)?.s3_endpoint ?? null;
}

/** S3 responds to anybody with 404 for a bucket that does not exist, with 403 or 200 for one that does. */
async function probeBucketName(url: string, signal: AbortSignal): Promise<NameAvailability> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(20_000)]);
    const { status } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: limit });
    if (status === 404) return 'available';
    return status < 400 || status === 403 ? 'taken' : { unreachable: `status ${status}` };
  } catch (error) {
    signal.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { unreachable: cause instanceof Error ? cause.message : String(cause) };
  }
}
