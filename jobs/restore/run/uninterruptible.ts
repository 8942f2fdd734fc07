import type { RestoreDeps } from './restore-deps.ts';

/** Services may be down now: a request to stop is answered, and obeyed by finishing. */
export async function uninterruptible<T>({ signal, log }: RestoreDeps, work: () => Promise<T>): Promise<T> {
  const answer = () => log.warn('Finishing first, so that nothing is left half done: this takes a moment.');
  signal.addEventListener('abort', answer, { once: true });
  return work().finally(() => signal.removeEventListener('abort', answer));
}
