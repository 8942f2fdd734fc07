import { z } from 'zod';
import { type Answer, type LinodeApi, linodeApi } from './linode-api.ts';
import { type Area, areas, scopesNeeded } from './scopes.ts';
import type { LinodeTarget, Target } from './target.ts';

const page = <T>(item: z.ZodType<T>) => z.object({ data: z.array(item) });
const region = z.object({ id: z.string(), capabilities: z.array(z.string()) });
const endpoint = z.object({ region: z.string(), endpoint_type: z.string(), s3_endpoint: z.string().nullable() });
const bucket = z.object({ label: z.string(), region: z.string(), s3_endpoint: z.string() });
const volume = z.object({
  id: z.number(),
  label: z.string(),
  region: z.string(),
  size: z.number(),
  linode_id: z.number().nullable(),
  linode_label: z.string().nullable(),
  filesystem_path: z.string(),
});
const domain = z.object({ domain: z.string() });
const instance = z.object({ label: z.string(), ipv4: z.array(z.string()) });

type Endpoint = z.infer<typeof endpoint>;
export type Volume = z.infer<typeof volume>;

/** What a stranger's look at a bucket's public address says: nobody has the name, somebody has it, or no answer. */
type Public = 'free' | 'taken' | { readonly unreachable: string };

export type LinodeFacts = {
  readonly areas: ReadonlyMap<Area, Answer<unknown>>;
  readonly regions: Answer<{ data: z.infer<typeof region>[] }>;
  readonly endpoints: Answer<{ data: Endpoint[] }> | null;
  readonly bucket: Answer<z.infer<typeof bucket>> | null;
  /** Asked only when the account has no bucket of that name. */
  readonly publicBucket: Public | null;
  /** By id. */
  readonly volumes: ReadonlyMap<number, Answer<Volume>>;
  /** By label; empty when the account has no such host. */
  readonly instances: ReadonlyMap<string, Answer<{ data: z.infer<typeof instance>[] }>>;
  readonly domains: Answer<{ data: z.infer<typeof domain>[] }> | null;
};

/** Asks the Linode API for everything the stack builds on. Reads only. */
export async function gatherLinode(
  target: Target,
  linode: LinodeTarget & { readonly token: string },
  signal: AbortSignal,
): Promise<LinodeFacts> {
  const api = linodeApi(linode.url, linode.token, signal);
  const wanted = scopesNeeded(target).map(({ area }) => area);
  const ids = target.hosts.flatMap(({ disk }) => (disk?.volume.kind === 'adopted' ? [disk.volume.id] : []));
  const labels = target.hosts.flatMap(({ reach }) => (reach.kind === 'label' ? [reach.label] : []));
  const zones = target.hosts.some(({ page: name }) => name?.domain);
  const [lists, regions, store, volumes, instances, domains] = await Promise.all([
    Promise.all(wanted.map(async (area) => [area, await api.get(areas[area], page(z.unknown()))] as const)),
    api.get('/regions?page_size=500', page(region)),
    gatherBucket(linode.bucket, api, signal),
    Promise.all(ids.map(async (id) => [id, await api.get(`/volumes/${id}`, volume)] as const)),
    Promise.all(
      labels.map(async (label) => [label, await api.get('/linode/instances', page(instance), { label })] as const),
    ),
    zones ? api.get(areas.domains, page(domain)) : null,
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

async function gatherBucket(
  wanted: LinodeTarget['bucket'],
  api: LinodeApi,
  signal: AbortSignal,
): Promise<Pick<LinodeFacts, 'endpoints' | 'bucket' | 'publicBucket'>> {
  if (wanted === null) return { endpoints: null, bucket: null, publicBucket: null };
  const [endpoints, own] = await Promise.all([
    api.get('/object-storage/endpoints?page_size=500', page(endpoint)),
    api.get(`/object-storage/buckets/${wanted.region}/${wanted.label}`, bucket),
  ]);
  const host = endpoints.kind === 'found' ? hostOf(endpoints.value.data, wanted.region) : null;
  const foreign = own.kind === 'refused' && own.status === 404 && host !== null;
  const publicBucket = foreign ? await lookInPublic(`https://${host}/${wanted.label}`, signal) : null;
  return { endpoints, bucket: own, publicBucket };
}

/** Host of the region's object storage; where it has several, the first that says its address. */
function hostOf(endpoints: readonly Endpoint[], wanted: string): string | null {
  return endpoints.find((each) => each.region === wanted && each.s3_endpoint !== null)?.s3_endpoint ?? null;
}

/** S3 answers 404 to anybody for a bucket that nobody has, and 403 or 200 for one that exists. */
async function lookInPublic(url: string, signal: AbortSignal): Promise<Public> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(20_000)]);
    const { status } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: limit });
    if (status === 404) return 'free';
    return status < 400 || status === 403 ? 'taken' : { unreachable: `it answers ${status}` };
  } catch (error) {
    signal.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { unreachable: cause instanceof Error ? cause.message : String(cause) };
  }
}
