/** A signal that aborts `seconds` after `signal` does: the time a run under way may still take. */
export function abortAfterGrace(signal: AbortSignal, seconds: number): AbortSignal {
  const deadline = new AbortController();
  const start = () => setTimeout(() => deadline.abort(signal.reason), seconds * 1000).unref();
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return deadline.signal;
}
