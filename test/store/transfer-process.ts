import { createS3Store } from '../../jobs/store/s3.ts';

/** Puts a file and reads it back; prints how many bytes the process grew by meanwhile, at most. */
const [endpoint = '', file = ''] = process.argv.slice(2);
const keys = { accessKey: 'key', secretKey: 'secret' };
const store = createS3Store({ kind: 's3', endpoint, region: 'us-east-1', bucket: 'bucket', ...keys });
const before = process.memoryUsage.rss();
let most = 0;
const onProgress = () => {
  most = Math.max(most, process.memoryUsage.rss() - before);
};
await store.put('large', file, {}, { onProgress });
let received = 0;
for await (const chunk of await store.read('large', { onProgress })) received += chunk.length;
store.close();
console.log(JSON.stringify({ received, most }));
