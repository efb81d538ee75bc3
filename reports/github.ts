/**
 * Workflow commands, by which GitHub annotates a run and its pull request: an error for each MUST that is newly
 * violated, a warning for a SHOULD and for an entry of the baseline that has expired, a notice for one that is fixed.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
import type { RuleResult } from '../engine/result.ts';
import { sourceUrl } from '../engine/rule.ts';
import { conclusionOf } from './conclusion.ts';
import { counted, divergenceSentence, observedSentence } from './sentences.ts';
import { listedAs, type Summary, withVerdict } from './summary.ts';

type Severity = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** GitHub shows ten of each severity for a step, and drops the others without a word. */
const MOST_SHOWN = 10;

/**
 * A line for each annotation; nothing to tell, no line.
 * @param savedAs where the smallest scenario of a broken rule is saved, by rule id
 */
export function githubReport(summary: Summary, savedAs: ReadonlyMap<string, string>): string {
  const lines = (['error', 'warning', 'notice'] as const).flatMap((severity) =>
    shown(annotations(summary, savedAs).filter((one) => one.severity === severity)),
  );
  return lines.map((one) => `${commandOf(one)}\n`).join('');
}

function annotations(summary: Summary, savedAs: ReadonlyMap<string, string>): Annotation[] {
  const { result, baseline, isComplete } = summary;
  const all: Annotation[] = [];
  if (!isComplete || result.errors.length > 0) {
    const [first] = result.errors;
    const why = first === undefined ? '' : ` Scenario ${first.scenario}: ${first.message}`;
    all.push({
      severity: 'error',
      title: isComplete ? 'The harness failed' : 'The run did not come to its end',
      message: `${conclusionOf(summary).sentence}${why}`,
    });
  }
  const broken = (found: RuleResult, severity: Severity): Annotation => ({
    severity,
    title: `${found.rule.id} (${found.rule.level})`,
    message: messageOf(found),
    file: savedAs.get(found.rule.id),
  });
  all.push(...withVerdict(summary, 'VIOLATED').map((found) => broken(found, 'error')));
  all.push(...withVerdict(summary, 'WARNED').map((found) => broken(found, 'warning')));
  const entries = (standing: 'expired' | 'fixed', severity: Severity, words: string) => {
    for (const { divergence, subjects } of listedAs(summary, standing))
      all.push({
        severity,
        title: `${divergence.rule}: ${words}`,
        message: `${divergenceSentence(divergence)} ${counted(subjects, 'subject')} decided.`,
        file: baseline?.path,
        line: baseline?.lines.get(divergence.rule),
      });
  };
  entries('expired', 'warning', 'accepted until a day that is over');
  entries('fixed', 'notice', 'fixed, and still in the baseline');
  return all;
}

function messageOf({ rule, counterexample }: RuleResult): string {
  const seen =
    counterexample === undefined
      ? []
      : [`Expected ${counterexample.expected}; observed ${observedSentence(counterexample)}.`];
  const [page] = rule.sources;
  return [rule.invariant, ...seen, ...(page === undefined ? [] : [sourceUrl(page)])].join('\n');
}

function shown(all: readonly Annotation[]): Annotation[] {
  const [first] = all;
  if (first === undefined || all.length <= MOST_SHOWN) return [...all];
  const rest = all.slice(MOST_SHOWN - 1);
  const message = `${rest.map(({ title }) => title).join(', ')}. The summary of the job has them all.`;
  return [
    ...all.slice(0, MOST_SHOWN - 1),
    { severity: first.severity, title: `${rest.length} more`, message },
  ];
}

function commandOf({ severity, title, message, file, line }: Annotation): string {
  const properties = Object.entries({ file, line, title })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapedProperty(String(value))}`);
  return `::${severity} ${properties.join(',')}::${escaped(message)}`;
}

/** What would end a command, or begin another, as GitHub's own toolkit writes it. */
const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapedProperty = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
