import { samplePage } from '../summary/site/sample.ts';
import { startSiteScene } from '../summary/site/scene.ts';

// A site with a year of summaries, for the benchmark beside it; says its address and waits to be stopped.
const site = await startSiteScene();
const last = Temporal.PlainDate.from('2025-11-30');
for (let back = 0; back < 365; back += 1) site.save(samplePage(last.subtract({ days: back }).toString()));
process.once('SIGTERM', () => site.close());
console.log(site.origin);
