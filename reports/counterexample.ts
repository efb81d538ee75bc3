/** A broken rule told to a person: the rule, expected and observed, the smallest scenario, its timeline, how to replay. */

import wrapAnsi from 'wrap-ansi';
import type { RuleResult } from '../engine/result.ts';
import { sourceUrl } from '../engine/rule.ts';
import { type Colours, PLAIN } from './colours.ts';
import { counted, givenLines, grouped, hintsFor, observedSentence, sizeOf } from './sentences.ts';
import { type Row, timelineOf } from './timeline.ts';
import { timelineText } from './timelineText.ts';

export interface PlainReportOptions {
  readonly columns?: number;
  readonly colours?: Colours;
  /** The command line that replays it; without one the scenario is shown as JSON, to be saved by hand. */
  readonly replay?: string;
  /** Rows of the timeline at most. */
  readonly rows?: number;
}

const ROWS = 24;

/** The report of one broken rule, as text of several lines without a newline at its end. */
export function plainReport(found: RuleResult, options: PlainReportOptions = {}): string {
  const { columns = 80, colours = PLAIN, replay, rows = ROWS } = options;
  const { rule, verdict, tally, counterexample } = found;
  const paint = verdict === 'VIOLATED' ? colours.red : colours.yellow;
  const indented = (text: string, indent = 2) =>
    wrapAnsi(text, columns - indent, { trim: true, hard: false })
      .split('\n')
      .map((line) => ' '.repeat(indent) + line);
  const lines = [
    `${paint(colours.bold(verdict))}  ${colours.bold(rule.id)} (${rule.level})`,
    ...indented(rule.invariant),
    ...rule.sources.map((source) => `  ${colours.dim(sourceUrl(source))}`),
    '',
  ];
  if (counterexample === undefined) {
    const subjects = `${tally.broken} of ${tally.subjects} subjects broke it`;
    lines.push(
      ...indented(
        `${subjects}. No smallest scenario was looked for: the run ended before that, or knew of it.`,
      ),
    );
    return lines.join('\n');
  }
  const { scenario, entries, marks, expected } = counterexample;
  const labelled = (label: string, text: string) =>
    indented(text, 12).map((line, index) => (index === 0 ? `  ${label.padEnd(10)}${line.slice(12)}` : line));
  lines.push(
    ...labelled('Expected', expected),
    ...labelled('Observed', observedSentence(counterexample)),
    ...labelled('Broken by', `${grouped(tally.broken)} of ${counted(tally.subjects, 'subject')}`),
    '',
    `  The smallest scenario that breaks it: ${sizeOf(scenario)}.`,
    ...givenLines(scenario, columns - 4).map((line) => `    ${line}`),
    '',
    ...timelineText(telling(timelineOf({ scenario, entries }), marks), { marks, rows, columns, colours }),
    '',
  );
  if (replay !== undefined) lines.push('  Replay it with', `    ${colours.cyan(replay)}`);
  else lines.push('  The scenario', ...indented(JSON.stringify(scenario), 4));
  lines.push(...hintsFor(found).flatMap((hint) => indented(hint)));
  return lines.join('\n');
}

/** What happened; what was counted of it afterwards only where the rule is about that. */
const telling = (rows: readonly Row[], marks: readonly number[]): Row[] =>
  rows.filter((row) => row.isMetric !== true || row.entries.some((entry) => marks.includes(entry)));
