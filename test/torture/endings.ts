import type { TestContext } from 'node:test';

/** For scenes of tests where there is no test: keeps what they want done in the end, and does it, the last first. */
export type Endings = Pick<TestContext, 'after'> & { run(): Promise<void> };

export function endingsOf(): Endings {
  const kept: (() => unknown)[] = [];
  return {
    after(end) {
      if (end !== undefined) kept.unshift(end as () => unknown); // scenes give functions without a callback
    },
    async run() {
      for (const end of kept) await end();
    },
  };
}
