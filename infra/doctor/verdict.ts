/** What doctor says of one part: `ok`, `fail` with what to do, or `later`: nothing to check yet, because `up` makes it. */
export type Verdict = { readonly part: string } & (
  | { readonly state: 'ok' | 'later'; readonly found: string }
  | { readonly state: 'fail'; readonly found: string; readonly hint: string }
);

export function ok(part: string, found: string): Verdict {
  return { part, state: 'ok', found };
}

export function later(part: string, found: string): Verdict {
  return { part, state: 'later', found };
}

export function fail(part: string, found: string, hint: string): Verdict {
  return { part, state: 'fail', found, hint };
}

/** One line a part; what to do stands below what failed. */
export function verdictText(verdict: Verdict): string {
  const word = { ok: 'ok   ', later: 'later', fail: 'FAIL ' }[verdict.state];
  const line = `${word} ${verdict.part}: ${verdict.found}\n`;
  return verdict.state === 'fail' ? `${line}      What to do: ${verdict.hint}\n` : line;
}
