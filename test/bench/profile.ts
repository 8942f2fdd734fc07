import { blindCorpus } from '../summary/corpus/blind-corpus.ts';
import { openCorpus } from '../summary/corpus/corpus.ts';
import { type CorpusResult, runCorpus } from '../summary/corpus/run-corpus.ts';
import { secondCorpus } from '../summary/corpus/second-corpus.ts';

const verdicts = { true: 'said and true', hedged: 'hedged', absent: 'absent', false: 'said and false' } as const;

/** What summaries of databases that nobody described say of their day, against the truth: by name, and counted. */
export async function benchProfile(): Promise<void> {
  console.log('\nprofile: the day’s figure in summaries of databases without a report');
  print('made with the rules in sight', await runCorpus(openCorpus));
  print('made without a look at them', await runCorpus(blindCorpus));
  print('made so once more', await runCorpus(secondCorpus));
}

function print(title: string, results: readonly CorpusResult[]): void {
  console.log(`\n  ${title}: ${results.length} databases`);
  for (const { name, verdict, reason, leaks } of results) {
    console.log(`  ${name.padEnd(34)} ${verdicts[verdict].padEnd(15)} ${reason}`);
    if (leaks.length > 0) console.log(`  ${''.padEnd(34)} shows ${leaks.map(({ value }) => value).join(', ')}`);
  }
  const count = (wanted: string) => results.filter(({ verdict }) => verdict === wanted).length;
  const counts = Object.entries(verdicts).map(([verdict, words]) => `${words} ${count(verdict)}`);
  console.log(
    `  ${counts.join(', ')}; with something personal: ${results.filter(({ leaks }) => leaks.length > 0).length}`,
  );
}
