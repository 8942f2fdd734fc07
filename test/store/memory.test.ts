import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { promisify } from 'node:util';

const mebibyte = 1024 * 1024;
const size = 256 * mebibyte;

test('uploading and reading hold little of a large object in memory', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'nightshift-memory-'));
  const file = path.join(folder, 'large');
  await writeFile(file, '');
  await truncate(file, size);
  const server = await startFakeS3();
  try {
    const { port } = server.address() as AddressInfo;
    const child = path.join(import.meta.dirname, 'transfer-process.ts');
    // A small young generation, so that growth is what is held and not what waits to be collected.
    const command = ['--max-semi-space-size=1', child, `http://127.0.0.1:${port}`, file];
    const { stdout } = await promisify(execFile)(process.execPath, command);
    const { received, most } = JSON.parse(stdout);
    assert.equal(received, size);
    assert.ok(most < 64 * mebibyte, `it grew by ${most} bytes`);
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});

/** A fake S3 server that keeps nothing: it takes every upload and answers every read with zeros. */
async function startFakeS3() {
  const zeros = Buffer.alloc(mebibyte);
  const server = createServer(async (request, response) => {
    await once(request.resume(), 'end');
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-length': size, etag: '"zeros"' });
      Readable.from(Array.from({ length: size / mebibyte }, () => zeros)).pipe(response);
      return;
    }
    response.writeHead(200, { etag: '"part"' });
    response.end(documentFor(request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function documentFor({ method, url = '' }: IncomingMessage): string {
  if (method !== 'POST') return '';
  const name = url.includes('uploads') ? 'InitiateMultipartUploadResult' : 'CompleteMultipartUploadResult';
  return `<?xml version="1.0"?><${name}><UploadId>1</UploadId><ETag>"whole"</ETag></${name}>`;
}
