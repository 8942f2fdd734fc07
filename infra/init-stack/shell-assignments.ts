/** One `NAME=value` of a shell file, or a line that is not a plain assignment, with the reason. Lines count from 1. */
export type ShellLine =
  | { readonly kind: 'assignment'; readonly line: number; readonly name: string; readonly value: string }
  | { readonly kind: 'unreadable'; readonly line: number; readonly reason: string };

/**
 * The assignments of a file of settings, as sh(1) would take them: `export`, quotes, backslashes, comments. What only a
 * shell can expand ($NAME, `command`) is returned as `unreadable`.
 */
export function readAssignments(text: string): ShellLine[] {
  const lines: ShellLine[] = [];
  let at = 0;
  while (at < text.length) {
    const line = text.slice(0, at).split('\n').length;
    const { next, result } = readStatement(text, at);
    if (result !== null) lines.push({ ...result, line });
    at = next;
  }
  return lines;
}

type Assignment = { readonly kind: 'assignment'; readonly name: string; readonly value: string };
type Unreadable = { readonly kind: 'unreadable'; readonly reason: string };
type Statement = { readonly next: number; readonly result: Assignment | Unreadable | null };

function readStatement(text: string, start: number): Statement {
  const rest = text.slice(start);
  const blank = /^[ \t\r]*(?:#[^\n]*)?(?:\n|$)/.exec(rest);
  if (blank) return { next: start + Math.max(blank[0].length, 1), result: null };
  const head = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=/.exec(rest);
  if (!head?.[1])
    return { next: endOfLine(text, start), result: { kind: 'unreadable', reason: 'is not a NAME=value line' } };
  const word = readWord(text, start + head[0].length);
  if (typeof word.value !== 'string')
    return { next: endOfLine(text, word.next), result: { kind: 'unreadable', reason: word.value.reason } };
  const tail = /^(?:[ \t]*;?(?:[ \t]+#[^\n]*)?[ \t\r]*)(?:\n|$)/.exec(text.slice(word.next));
  if (!tail)
    return {
      next: endOfLine(text, word.next),
      result: { kind: 'unreadable', reason: `has text after the value of ${head[1]}` },
    };
  return { next: word.next + tail[0].length, result: { kind: 'assignment', name: head[1], value: word.value } };
}

type ShellWord = { readonly next: number; readonly value: string | { readonly reason: string } };

const needsShell = 'has a part that only a shell can expand ($… or `…`)';

/** A shell word: quoted and unquoted pieces without space between. */
function readWord(text: string, start: number): ShellWord {
  let value = '';
  let at = start;
  for (;;) {
    const piece = pieces.find(({ pattern }) => matchAt(pattern, text, at));
    const match = piece && matchAt(piece.pattern, text, at);
    if (!piece || !match) break;
    const read = piece.read(match[1] ?? '');
    if (read === null) return { next: at, value: { reason: needsShell } };
    value += read;
    at += match[0].length;
  }
  const after = text[at];
  if (after === undefined || /[\s;]/.test(after)) return { next: at, value };
  return {
    next: at,
    value: {
      reason: /["']/.test(after) ? 'has an unclosed quote' : needsShell,
    },
  };
}

const pieces: readonly { readonly pattern: RegExp; readonly read: (content: string) => string | null }[] = [
  { pattern: /'([^']*)'/, read: (content) => content },
  { pattern: /"((?:[^"\\]|\\[\s\S])*)"/, read: readDoubleQuoted },
  { pattern: /\\([\s\S])/, read: (content) => (content === '\n' ? '' : content) },
  { pattern: /([^\s'"\\$`;&|<>()*?[~]+)/, read: (content) => content },
];

/** In double quotes a backslash escapes `$`, a backtick, `"`, `\` and a line end, and is literal before anything else (POSIX 2.2.3). */
function readDoubleQuoted(content: string): string | null {
  if (/(?:^|[^\\])(?:\\\\)*[$`]/.test(content)) return null;
  return content.replace(/\\([$`"\\\n])/g, (_, escaped: string) => (escaped === '\n' ? '' : escaped));
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  const sticky = new RegExp(pattern.source, 'y');
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}
