import { editDistance } from './edit-distance.ts';

/**
 * Above this share of the longer one's letters, two names have nothing to do with each other. A word too many is within it
 * ("summaryScheduleHour" for summaryHour: 8 of 19); what only the date in two names makes alike is not (13 of 28). It decides what
 * is asked about, never what is done.
 */
const mostDifferent = 0.45;

/**
 * Those of `candidates` that `typed` may be meant for, the nearest first; of equally near ones in their order. `formsOf`: the names
 * that one goes by. `distance`: letters that are wrong. Capitals, hyphens and underscores make no difference.
 */
export function nearest<T>(
  typed: string,
  candidates: readonly T[],
  formsOf: (candidate: T) => readonly string[],
): { readonly candidate: T; readonly distance: number }[] {
  const text = plain(typed);
  return candidates
    .map((candidate) => ({ candidate, ...closest(text, formsOf(candidate).map(plain)) }))
    .filter(({ share }) => share <= mostDifferent)
    .toSorted((one, other) => one.share - other.share)
    .map(({ candidate, distance }) => ({ candidate, distance }));
}

function closest(text: string, forms: readonly string[]): { readonly distance: number; readonly share: number } {
  const measured = forms.map((form) => {
    const distance = editDistance(text, form);
    return { distance, share: text === '' || form === '' ? 1 : distance / Math.max(text.length, form.length) };
  });
  return measured.toSorted((one, other) => one.share - other.share)[0] ?? { distance: 0, share: 1 };
}

function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}
