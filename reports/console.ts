/** What `run` and `report` print for a person: broken rules first, then verdicts by group, counts, how to see more. */

import wrapAnsi from 'wrap-ansi';
import type { RuleResult } from '../engine/result.ts';
import { type Colours, PLAIN } from './colours.ts';
import { conclusionOf, scenariosDone } from './conclusion.ts';
import { plainReport } from './counterexample.ts';
import {
  counted,
  divergenceSentence,
  duration,
  grouped,
  paceSentence,
  reasonOf,
  shardWords,
  targetFlags,
  targetName,
  VERDICT_MEANING,
} from './sentences.ts';
import { type Counts, HEADINGS, type Heading, listedAs, type Summary, withVerdict } from './summary.ts';

export interface ConsoleOptions {
  readonly columns?: number;
  readonly colours?: Colours;
  /** The run file, to name it. */
  readonly runFile?: string;
  /** Where the smallest scenario of a broken rule is saved, by rule id. */
  readonly savedAs?: ReadonlyMap<string, string>;
}

/** The whole report, with a newline at its end. */
export function consoleReport(summary: Summary, options: ConsoleOptions = {}): string {
  const broken = [...withVerdict(summary, 'VIOLATED'), ...withVerdict(summary, 'WARNED')];
  const flags = targetFlags(summary.result.header.target);
  const blocks = broken.map((found) => {
    const file = options.savedAs?.get(found.rule.id);
    return plainReport(found, {
      ...options,
      ...(file === undefined ? {} : { replay: `lambda-conformance replay ${quoted(file)}${flags}` }),
    });
  });
  blocks.push(table(summary, options), ...undecided(summary, options), closing(summary, options));
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function table(summary: Summary, { columns = 80, colours = PLAIN }: ConsoleOptions): string {
  const shown = HEADINGS.filter(
    (verdict) => verdict === 'KEPT' || verdict === 'VIOLATED' || summary.counts[verdict] > 0,
  );
  const titleColumns = Math.max(...summary.groups.map(({ title }) => title.length), 3);
  let headings = shown.map((verdict) => verdict.toLowerCase());
  let gap = 2;
  if (titleColumns + headings.reduce((sum, heading) => sum + heading.length + gap, 0) > columns) {
    headings = headings.map((heading) => heading.replace('unsupported', 'unsupp.'));
    gap = 1;
  }
  const row = (title: string, cells: readonly string[]) =>
    title.padEnd(titleColumns) +
    cells.map((cell, at) => cell.padStart((headings[at]?.length ?? 0) + gap)).join('');
  const counts = (title: string, of: Counts) => {
    const cells = shown.map((verdict) => (of[verdict] === 0 ? '·' : grouped(of[verdict])));
    const text = row(title, cells);
    return of.VIOLATED > 0 ? colours.red(text) : of.WARNED > 0 ? colours.yellow(text) : text;
  };
  const lines = summary.groups.map(({ title, counts: of }) => counts(title, of));
  if (summary.groups.length > 1) lines.push(counts('all', summary.counts));
  return [colours.dim(row('', headings)), ...lines].join('\n');
}

/** Rules of the baseline, and rules without a verdict that says something about the target: each is named. */
function undecided(summary: Summary, { columns = 80, colours = PLAIN }: ConsoleOptions): string[] {
  const blocks: string[] = [];
  const { baseline } = summary;
  const wrapped = (text: string, indent = 2) =>
    wrapAnsi(text, columns - indent - 2, { hard: false })
      .split('\n')
      .map((line, at) => ' '.repeat(at === 0 ? indent : indent + 2) + line);
  const block = (verdict: Heading | 'EXPIRED' | 'FIXED', meaning: string, lines: readonly string[]) => {
    if (lines.length === 0) return;
    blocks.push([...wrapped(`${colours.yellow(verdict)}: ${meaning}.`, 0), ...lines].join('\n'));
  };
  const idsOf = (found: readonly RuleResult[]) => found.map(({ rule }) => rule.id).join(', ');
  if (baseline !== undefined) {
    const known = withVerdict(summary, 'KNOWN');
    block(
      'KNOWN',
      `broken, and accepted by ${baseline.path}`,
      known.length === 0 ? [] : wrapped(idsOf(known)),
    );
    const expired = listedAs(summary, 'expired').map(({ divergence }) => divergence);
    block(
      'EXPIRED',
      `accepted by ${baseline.path} until a day that is over, so they count as new`,
      expired.flatMap((entry) => wrapped(`${entry.rule}: ${divergenceSentence(entry)}`)),
    );
    const fixed = listedAs(summary, 'fixed').map(
      ({ divergence: { rule }, subjects }) => `${rule} (${counted(subjects, 'subject')})`,
    );
    block(
      'FIXED',
      `listed in ${baseline.path}, and kept now: \`lambda-conformance baseline --prune\` takes them out`,
      fixed.length === 0 ? [] : wrapped(fixed.join(', ')),
    );
  }
  const vacuous = withVerdict(summary, 'VACUOUS');
  block('VACUOUS', VERDICT_MEANING.VACUOUS, vacuous.length === 0 ? [] : wrapped(idsOf(vacuous)));
  for (const verdict of ['UNKNOWN', 'UNSUPPORTED'] as const) {
    const byReason = new Map<string, RuleResult[]>();
    for (const found of withVerdict(summary, verdict)) {
      const reason = reasonOf(found);
      byReason.set(reason, [...(byReason.get(reason) ?? []), found]);
    }
    block(
      verdict,
      VERDICT_MEANING[verdict],
      [...byReason].flatMap(([reason, found]) => wrapped(`${inShort(reason)}: ${idsOf(found)}`)),
    );
  }
  const { errors } = summary.result;
  const some = errors
    .slice(0, ERRORS_SHOWN)
    .flatMap(({ scenario, message }) => wrapped(`scenario ${scenario}: ${inShort(message)}`));
  if (errors.length > ERRORS_SHOWN) some.push(`  … and ${errors.length - ERRORS_SHOWN} more`);
  block('ERROR', VERDICT_MEANING.ERROR, some);
  return blocks;
}

const ERRORS_SHOWN = 5;
/** Some answer with all the services that they know; the other reports have the whole. */
const LONGEST_SHOWN_CHARACTERS = 300;

const inShort = (text: string): string =>
  text.length <= LONGEST_SHOWN_CHARACTERS ? text : `${text.slice(0, LONGEST_SHOWN_CHARACTERS)}…`;

function closing(summary: Summary, { columns = 80, colours = PLAIN, runFile }: ConsoleOptions): string {
  const { result, subjects, ending, isComplete } = summary;
  const { header, footer } = result;
  const took = footer === undefined ? '' : ` in ${duration(footer.elapsedSeconds)}`;
  const did = [
    counted(result.scenarios, 'scenario'),
    counted(result.events, 'event'),
    counted(result.attempts, 'attempt'),
    counted(result.observations, 'observation'),
  ].join(', ');
  const shard = shardWords(header);
  const lines = wrapAnsi(`${did}; ${counted(subjects, 'subject')} decided${took}.`, columns, {
    hard: false,
  }).split('\n');
  lines.push(`Target ${targetName(header.target)}, seed ${colours.bold(String(header.seed))}${shard}.`);
  if (footer?.pace !== undefined)
    lines.push(...wrapAnsi(paceSentence(footer.pace), columns, { hard: false }).split('\n'));
  if (ending === 'time up') lines.push(`${scenariosDone(summary)}: the time was up.`);
  if (!isComplete) {
    const how = ending === 'cut off' ? 'was cut off' : 'was interrupted';
    const remedy =
      header.merged === undefined
        ? '--resume goes on with it'
        : 'go on with the shard that was, and merge again';
    lines.push(colours.yellow(`The run ${how} before its end: ${remedy}.`));
  }
  const { tone, sentence } = conclusionOf(summary);
  const paint = { good: colours.green, open: colours.yellow, bad: colours.red }[tone];
  const wrapped = wrapAnsi(sentence, columns, { hard: false });
  lines.push('', paint(tone === 'bad' ? colours.bold(wrapped) : wrapped));
  const example = result.rules.find(({ verdict }) => verdict === 'VIOLATED') ?? result.rules[0];
  const more = [
    ...(runFile === undefined
      ? []
      : [
          [
            `lambda-conformance report ${quoted(runFile)} --report md=report.md`,
            'every rule, and what was observed',
          ],
        ]),
    ...(example === undefined
      ? []
      : [[`lambda-conformance explain ${example.rule.id}`, 'a rule with its pages']]),
  ];
  for (const [command, what] of more) lines.push(`  ${command}`, colours.dim(`      ${what}`));
  return lines.join('\n');
}

/** A path as a shell takes it. */
const quoted = (path: string): string =>
  /^[\w./:@%+=-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
