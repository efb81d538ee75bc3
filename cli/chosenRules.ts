/** The rules that a user asked for, of the catalogue. */
import type { Level, Rule } from '../engine/rule.ts';
import type { Group } from '../reports/summary.ts';
import { idMatcher } from './idPattern.ts';
import { suggestion } from './suggest.ts';
import { UsageError } from './usageError.ts';

export interface RuleChoice {
  /** A pattern over ids: `ASYNC-*`, `{SYNC,CONC}-*`; several are apart by commas. Upper and lower case alike. */
  readonly rules?: string;
  readonly level?: readonly Level[];
}

/** @throws UsageError where no rule fits */
export function chosenRules(groups: readonly Group[], { rules: pattern, level }: RuleChoice): Rule[] {
  const all = groups.flatMap(({ rules }) => rules);
  const fits =
    pattern === undefined
      ? () => true
      : idMatcher(pattern, 'rule ids: write one like ASYNC-* or {SYNC,ASYNC}-*');
  const named = all.filter(({ id }) => fits(id));
  if (named.length === 0 && pattern !== undefined) {
    const near = suggestion(
      pattern,
      all.map(({ id }) => id),
    );
    throw new UsageError(`No rule is called ${pattern}${near}: \`lambda-conformance list\` shows them all.`);
  }
  const chosen = level === undefined ? named : named.filter((rule) => level.includes(rule.level));
  if (chosen.length > 0) return chosen;
  throw new UsageError(
    `No rule that was named is a ${(level ?? []).join(' or ')}: widen --level or --rules.`,
  );
}
