/** Filter patterns as targets read them that err: each way is one of the policy table's. */
import { type FilterDocument, filterOf, isMatch, matchesAny } from '../../../engine/filterPattern.ts';
import type { Json } from '../../../engine/json.ts';
import type { Policy } from '../policy.ts';

type Misreading = Exclude<Policy['filtersAsRead'], 'asWritten'>;

/** Whether a target that reads patterns so lets the document through. */
export function isLetThroughMisread(
  filters: readonly string[],
  document: FilterDocument,
  misreading: Misreading,
): boolean {
  if (misreading === 'withoutDataKey') {
    const [data] = Object.values(document);
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
    return matchesAny(filters, data as FilterDocument);
  }
  return filters.some((text) => {
    const filter = filterOf(JSON.stringify(misread(JSON.parse(text) as Json, misreading)));
    return filter !== undefined && isMatch(filter, document);
  });
}

/** The pattern that is read in the place of the one that is written. */
function misread(pattern: Json, misreading: Misreading): Json {
  if (Array.isArray(pattern)) return pattern.map((condition) => conditionMisread(condition, misreading));
  if (typeof pattern !== 'object' || pattern === null) return pattern;
  return Object.fromEntries(
    Object.entries(pattern).map(([key, value]) => [key, misread(value as Json, misreading)]),
  );
}

function conditionMisread(condition: Json, misreading: Misreading): Json {
  switch (misreading) {
    case 'numbersByValue':
      return typeof condition === 'number' ? { numeric: ['=', condition] } : misread(condition, misreading);
    case 'anyCase':
      return typeof condition === 'string' ? { 'equals-ignore-case': condition } : condition;
    case 'plainOnly':
      return typeof condition === 'object' && condition !== null
        ? 'an operator is taken for a text'
        : condition;
    default:
      return condition;
  }
}
