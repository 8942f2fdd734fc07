import { readFile } from 'node:fs/promises';
import { isCollection, isMap, isNode, isScalar, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml';
import type { z } from 'zod';
import { Failure, systemCodeOf } from '../../runtime/errors.ts';
import { blockKinds, type Report, reportSchema } from './schema.ts';

/** A problem in a report and its position; lines and columns count from 1. */
export type ReportProblem = { readonly line: number; readonly column: number; readonly text: string };

/** Reads a report file. Throws REPORT_INVALID with every problem, each with its line and column. */
export async function readReport(file: string): Promise<Report> {
  const text = await readFile(file, 'utf8').catch((error) => {
    const message = `The report ${file} cannot be read (${systemCodeOf(error)}).`;
    throw new Failure('REPORT_INVALID', message, 'Set SUMMARY_REPORT to the YAML file, or leave it out.', error);
  });
  const { report, problems } = parseReport(text);
  if (report !== null) return report;
  const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
  const lines = problems.map(({ line, column, text: what }) => `${file}:${line}:${column} ${what}`);
  throw new Failure('REPORT_INVALID', `The report ${file} has ${count}; no summary was made.`, lines.join('\n'));
}

/** The report that a YAML text describes, or its problems in the order of the text. */
export function parseReport(
  text: string,
): { report: Report; problems: [] } | { report: null; problems: ReportProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, what: string): ReportProblem => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, text: what };
  };
  const syntaxErrors = [...document.errors, ...document.warnings].map(({ pos, message }) =>
    at(pos[0], `is not valid YAML: ${message}`),
  );
  if (syntaxErrors.length > 0) return { report: null, problems: syntaxErrors };
  const parsed = reportSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return { report: parsed.data, problems: [] };
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, document.contents, at));
  return { report: null, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, root: ParsedNode | null, at: (offset: number, what: string) => ReportProblem) {
  const { node, offset, exists } = nodeAt(root, issue.path);
  const where = issue.path.length === 0 ? '' : `${pathText(issue.path)}: `;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => at(keyOffset(node, key) ?? offset, `${where}unknown key ${key}`));
  }
  return [at(offset, `${where}${exists ? message(issue) : 'is missing'}`)];
}

/** The node an issue is about; the nearest parent when it is about something that is missing. */
function nodeAt(root: ParsedNode | null, path: readonly PropertyKey[]) {
  let node: Node | null = root;
  let offset = root?.range[0] ?? 0;
  for (const step of path) {
    const next: unknown = isCollection(node) ? node.get(step, true) : undefined;
    if (!isNode(next)) return { node, offset, exists: false };
    node = next;
    offset = node.range?.[0] ?? offset;
  }
  return { node, offset, exists: true };
}

function keyOffset(node: Node | null, key: string): number | null {
  if (!isMap(node)) return null;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? null) : null;
}

/** `blocks 3 sql`: blocks counted from 1, as a reader counts. */
function pathText(path: readonly PropertyKey[]): string {
  return path.map((step) => (typeof step === 'number' ? step + 1 : String(step))).join(' ');
}

function message(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_union':
      return `is not one of ${blockKinds.join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? 'is empty' : `is less than ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `has more than ${issue.maximum} items` : `is more than ${issue.maximum}`;
    default:
      return issue.message.replace(/^Invalid (input|option): /, '');
  }
}
