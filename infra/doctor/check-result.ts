/** The result of one check: `ok`, `fail` with what to do, or `skipped`: `up` creates what there would be to check. */
export type CheckResult = { readonly check: string } & (
  | { readonly status: 'ok' | 'skipped'; readonly message: string }
  | { readonly status: 'fail'; readonly message: string; readonly hint: string }
);

export function passed(check: string, message: string): CheckResult {
  return { check, status: 'ok', message };
}

export function skipped(check: string, message: string): CheckResult {
  return { check, status: 'skipped', message };
}

export function failed(check: string, message: string, hint: string): CheckResult {
  return { check, status: 'fail', message, hint };
}

/** For what the Linode API did not give: what it said instead, if anything. */
export function lookupFailed(check: string, response: { readonly reason: string } | null | undefined): CheckResult {
  return failed(check, `cannot be looked up (${response?.reason ?? 'no response'})`, 'see the token check.');
}

/** One line for each check, and below a failed one what to do. */
export function checkResultText(result: CheckResult): string {
  const word = { ok: 'ok   ', skipped: 'skip ', fail: 'FAIL ' }[result.status];
  const line = `${word} ${result.check}: ${result.message}\n`;
  return result.status === 'fail' ? `${line}      What to do: ${result.hint}\n` : line;
}
