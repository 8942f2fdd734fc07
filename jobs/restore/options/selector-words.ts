import { type KindName, kindNames } from '../../archives/backup-kinds.ts';
import { Failure } from '../../runtime/errors.ts';
import type { BackupSelector } from './restore-options.ts';

/**
 * The backup that one or two words mean: a name (or `latest`) and its kind, in either order, or a date and a time. Throws
 * ARGUMENT_INVALID when the second word is none of that.
 */
export function selectorOfWords(first: string, second: string | undefined): BackupSelector {
  const [word, other] = [first.trim(), second?.trim()];
  if (other === undefined || other === '') return selectorOfName(word, null);
  const kind = kindNamed(other);
  if (kind !== null) return selectorOfName(word, kind);
  const firstKind = kindNamed(word);
  if (firstKind !== null) return selectorOfName(other, firstKind);
  if (/\d{4}-\d\d-\d\d$/.test(word) && /^[\d:.]+$/.test(other)) return selectorOfName(`${word} ${other}`, null);
  throw new Failure(
    'ARGUMENT_INVALID',
    `"${other}" is no kind of backup.`,
    `After the name comes its kind: ${kindNames.slice(0, -1).join(', ')} or ${kindNames.at(-1)}.`,
  );
}

function selectorOfName(name: string, folder: KindName | null): BackupSelector {
  return name.toLowerCase() === 'latest' ? { kind: 'latest', folder } : { kind: 'file', name, folder };
}

function kindNamed(word: string): KindName | null {
  return kindNames.find((name) => name === word.toLowerCase()) ?? null;
}
