/** Two runs side by side: the verdicts that differ, what was observed otherwise, and what each target did in numbers. */
import {
  FIELDS,
  type FieldCount,
  type FieldsName,
  MEASURES,
  type Outline,
  outlineOf,
} from '../engine/measures.ts';
import type { RuleResult, RunResult } from '../engine/result.ts';
import type { Rule } from '../engine/rule.ts';
import type { RunHeader } from '../engine/runFile.ts';
import type { Verdict } from '../engine/verdict.ts';

/** Something of either run; absent where that run does not have it. */
export interface Pair<T> {
  readonly a: T;
  readonly b: T;
}

export interface RulePair extends Pair<RuleResult> {
  readonly rule: Rule;
}

export interface MeasurePair extends Pair<Outline | undefined> {
  readonly name: string;
  readonly words: string;
  readonly unit: string;
  /** Nothing that the one showed lies within what the other showed. */
  readonly isApart: boolean;
}

export interface FieldPair extends Pair<FieldShare | undefined> {
  readonly name: FieldsName;
  readonly field: string;
}

/** So many of so many had the field. */
export interface FieldShare {
  readonly present: number;
  readonly of: number;
}

export interface Comparison {
  readonly headers: Pair<RunHeader>;
  readonly scenarios: Pair<number>;
  /** Rules on which both runs say something of their target, and not the same. What is violated comes first. */
  readonly verdicts: readonly RulePair[];
  /** Rules on which both say the same. */
  readonly same: number;
  /** Rules on which only one of them says something: the other one saw nothing of it, or not enough. */
  readonly told: readonly RulePair[];
  /** Rules that only observe, where the two were not seen to do the same things. */
  readonly observed: readonly RulePair[];
  /** Rules that only one of the two was asked for. */
  readonly unasked: number;
  readonly measures: readonly MeasurePair[];
  readonly fields: readonly FieldPair[];
}

/** Verdicts that say something of a target. */
const TELLING: ReadonlySet<Verdict> = new Set(['KEPT', 'VIOLATED', 'WARNED', 'OBSERVED', 'UNSUPPORTED']);
const isTelling = ({ verdict }: RuleResult): boolean => TELLING.has(verdict);

/** Sets two runs side by side. */
export function comparisonOf(a: RunResult, b: RunResult): Comparison {
  const ofB = new Map(b.rules.map((found) => [found.rule.id, found]));
  const both = a.rules.flatMap((found): RulePair[] => {
    const other = ofB.get(found.rule.id);
    return other === undefined ? [] : [{ rule: found.rule, a: found, b: other }];
  });
  const toldByBoth = both.filter((pair) => isTelling(pair.a) && isTelling(pair.b));
  const differing = toldByBoth.filter((pair) => pair.a.verdict !== pair.b.verdict);
  const isViolated = (pair: RulePair) => pair.a.verdict === 'VIOLATED' || pair.b.verdict === 'VIOLATED';
  return {
    headers: { a: a.header, b: b.header },
    scenarios: { a: a.scenarios, b: b.scenarios },
    verdicts: [...differing.filter(isViolated), ...differing.filter((pair) => !isViolated(pair))],
    same: toldByBoth.length - differing.length,
    told: both.filter((pair) => isTelling(pair.a) !== isTelling(pair.b)),
    observed: toldByBoth.filter(
      (pair) =>
        pair.a.verdict === 'OBSERVED' && pair.b.verdict === 'OBSERVED' && labels(pair.a) !== labels(pair.b),
    ),
    unasked: a.rules.length + b.rules.length - 2 * both.length,
    measures: measurePairs(a, b),
    fields: fieldPairs(a, b),
  };
}

const labels = ({ tally }: RuleResult): string => Object.keys(tally.observed).sort().join('\n');

function measurePairs(a: RunResult, b: RunResult): MeasurePair[] {
  return [...MEASURES].flatMap(([name, { words, unit }]): MeasurePair[] => {
    const outline = ({ measured }: RunResult) => {
      const spread = measured.numbers[name];
      return spread === undefined ? undefined : outlineOf(spread);
    };
    const pair = { a: outline(a), b: outline(b) };
    if (pair.a === undefined && pair.b === undefined) return [];
    const isApart =
      pair.a !== undefined && pair.b !== undefined && (pair.a.max < pair.b.min || pair.b.max < pair.a.min);
    return [{ name, words, unit, ...pair, isApart }];
  });
}

function fieldPairs(a: RunResult, b: RunResult): FieldPair[] {
  return (Object.keys(FIELDS) as FieldsName[]).flatMap((name) => {
    const counts = { a: a.measured.fields[name], b: b.measured.fields[name] };
    if (counts.a === undefined && counts.b === undefined) return [];
    return FIELDS[name].fields.map(
      (field): FieldPair => ({ name, field, a: shareOf(counts.a, field), b: shareOf(counts.b, field) }),
    );
  });
}

const shareOf = (count: FieldCount | undefined, field: string): FieldShare | undefined =>
  count === undefined ? undefined : { present: count.present[field] ?? 0, of: count.of };

/** Whether the field is in all of them, in some, or in none. */
export function shareWords(share: FieldShare | undefined): string {
  if (share === undefined) return '·';
  if (share.present === share.of) return 'always';
  return share.present === 0 ? 'never' : `${share.present} of ${share.of}`;
}

/** Only one of the two ever has the field. That one has it always and the other sometimes may be for what was drawn. */
export const isFieldApart = ({ a, b }: FieldPair): boolean =>
  a !== undefined && b !== undefined && (a.present === 0) !== (b.present === 0);
