import type { ChildProcess } from 'node:child_process';
import { forkProcess, processEntry } from '../../runtime/child-process.ts';
import { formatDuration } from '../../runtime/format.ts';
import type { Answer, Ask, Question } from './question.ts';

/** How long the process has to close the database. */
const graceMs = 1000;

/** A database that answers questions, one at a time, until closed. */
export type Queries = { readonly ask: Ask; close(): void };

/**
 * Starts the process that asks `file`; local dates in `zone`. A query over its time limit is killed with the process,
 * and the next question starts another. Aborting kills it too, and `ask` then throws AbortError.
 */
export function openQueries(file: string, zone: string, signal: AbortSignal): Queries {
  let child: ChildProcess | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const kill = () => {
    child?.kill('SIGKILL');
    child = null;
  };
  const close = () => {
    const idle = child;
    child = null;
    if (idle?.connected) idle.disconnect();
    setTimeout(() => idle?.kill('SIGKILL'), graceMs).unref();
  };
  const ask = async (question: Question): Promise<Answer> => {
    signal.throwIfAborted();
    child ??= start(file, zone);
    const answer = await answerOf(child, question, signal);
    if (answer.ended) kill();
    signal.throwIfAborted();
    return answer.answer;
  };
  return {
    ask: (question) => {
      const next = last.then(() => ask(question));
      last = next.catch(() => {});
      return next;
    },
    close,
  };
}

function start(file: string, zone: string): ChildProcess {
  const { SQLITE_TMPDIR, TMPDIR } = process.env;
  return forkProcess(processEntry('query-process', import.meta.url), [file, zone], {
    env: { SQLITE_TMPDIR, TMPDIR },
    execArgv: ['--max-semi-space-size=2', '--max-old-space-size=128'],
    output: 'ignore',
  });
}

/** `ended`: the process is of no more use. */
function answerOf(child: ChildProcess, question: Question, signal: AbortSignal) {
  const { promise, resolve } = Promise.withResolvers<{ answer: Answer; ended: boolean }>();
  const failed = (reason: string) => resolve({ answer: { kind: 'failed', reason, code: null }, ended: true });
  const onMessage = (answer: Answer) => resolve({ answer, ended: false });
  const onExit = (code: number | null, name: string | null) =>
    failed(`the process that asked ended with ${name ?? `exit code ${code}`}`);
  const onError = (error: Error) => failed(`the process that asks did not start: ${error.message}`);
  const onAbort = () => failed('stopped on request');
  const limit = setTimeout(
    () =>
      failed(`it was not done after ${formatDuration(question.timeLimitMs / 1000)}, its time limit, and was stopped`),
    question.timeLimitMs,
  );
  child.on('message', onMessage).on('exit', onExit).on('error', onError);
  signal.addEventListener('abort', onAbort);
  child.send(question, () => {});
  return promise.finally(() => {
    clearTimeout(limit);
    child.off('message', onMessage).off('exit', onExit).off('error', onError);
    signal.removeEventListener('abort', onAbort);
  });
}
