import { referenceTo } from './amounts/line-items.ts';
import type { StreamCandidate } from './stream-candidates.ts';
import type { TableProfile } from './table-profile.ts';

const maxRivals = 2;
/** Less likely ones are other things, or the same thing told again. */
const maxDistance = 3;

/** The streams that could as well be the business: about as likely, with amounts, and no part or consequence of the first. */
export function rivalsOf(candidates: readonly StreamCandidate[]): StreamCandidate[] {
  const [main, ...others] = candidates;
  if (main === undefined) return [];
  return others
    .filter(
      (other) =>
        other.score > main.score - maxDistance &&
        (other.choice.amount !== null || other.choice.open.length > 0) &&
        !isRelated(main, other),
    )
    .slice(0, maxRivals);
}

function isRelated(one: StreamCandidate, other: StreamCandidate): boolean {
  const pairs = one.stream.parts.flatMap((a) => other.stream.parts.map((b) => [a, b] as const));
  return pairs.some(([a, b]) => refersTo(a, b) || refersTo(b, a));
}

function refersTo(table: TableProfile, head: TableProfile): boolean {
  const [key] = head.columns.filter(({ isKey }) => isKey);
  return key !== undefined && referenceTo(head, key, table) !== null;
}
