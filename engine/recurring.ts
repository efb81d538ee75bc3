/** So many answers are kept; when there are more, all are forgotten, which costs less than knowing the oldest. */
const MOST_KEPT = 10_000;
/** Longer texts hardly recur, and would fill the memory. */
const LONGEST_KEPT_CHARACTERS = 200;

/** A function of texts that recur in a campaign, and that costs more than looking its answer up. */
export function recurring<T>(answerTo: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST_KEPT_CHARACTERS) return answerTo(text);
    const known = kept.get(text);
    if (known !== undefined) return known;
    const answer = answerTo(text);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(text, answer);
    return answer;
  };
}
