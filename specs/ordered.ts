/**
 * The first of an ordered list for which the predicate holds, found by halves; undefined where there is none.
 * @param holds for one, and for all that come after it
 */
export function firstThat<T>(list: readonly T[], holds: (one: T) => boolean): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = list[middle];
    if (one !== undefined && holds(one)) high = middle;
    else low = middle + 1;
  }
  return list[low];
}
