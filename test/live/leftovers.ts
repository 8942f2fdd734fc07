import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';

type Json = Record<string, unknown>;

async function api(method: string, path: string, token: string, body?: Json): Promise<Json> {
  const response = await fetch(`https://api.linode.com/v4${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as Json;
}

/** Removes what `pulumi destroy` keeps on purpose: the volume and the bucket with all that is in it. Only those of this name. */
export async function removeLeftovers(name: string, region: string, token: string): Promise<void> {
  const volumes = (await api('GET', '/volumes?page_size=500', token))['data'] as { id: number; label: string }[];
  for (const { id } of volumes.filter(({ label }) => label === name)) await api('DELETE', `/volumes/${id}`, token);
  await emptyBucket(name, region, token);
  await api('DELETE', `/object-storage/buckets/${region}/${name}`, token);
}

async function emptyBucket(name: string, region: string, token: string): Promise<void> {
  const bucket = await api('GET', `/object-storage/buckets/${region}/${name}`, token);
  const access = [{ bucket_name: name, region, permissions: 'read_write' }];
  const key = await api('POST', '/object-storage/keys', token, { label: `${name}-removal`, bucket_access: access });
  try {
    // A limited key of an E2 or E3 endpoint takes up to half a minute to work.
    await sleep(40_000);
    const s3 = new S3Client({
      endpoint: `https://${bucket['s3_endpoint']}`,
      region: 'us-east-1',
      credentials: { accessKeyId: String(key['access_key']), secretAccessKey: String(key['secret_key']) },
    });
    for (;;) {
      const found = await s3.send(new ListObjectVersionsCommand({ Bucket: name }));
      const all = [...(found.Versions ?? []), ...(found.DeleteMarkers ?? [])];
      if (all.length === 0) return;
      for (const { Key, VersionId } of all) await s3.send(new DeleteObjectCommand({ Bucket: name, Key, VersionId }));
    }
  } finally {
    await api('DELETE', `/object-storage/keys/${key['id']}`, token);
  }
}
