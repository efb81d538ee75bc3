/** A comparison for people: on the console, and as Markdown. */
import wrapAnsi from 'wrap-ansi';
import { FIELDS, type FieldsName, type Outline } from '../engine/measures.ts';
import type { RuleResult } from '../engine/result.ts';
import type { RunHeader } from '../engine/runFile.ts';
import { type Colours, PLAIN } from './colours.ts';
import {
  type Comparison,
  type FieldPair,
  isFieldApart,
  type MeasurePair,
  type RulePair,
  shareWords,
} from './comparison.ts';
import { markdownText } from './markdown.ts';
import { counted, grouped, observedLabels, shardWords, targetName } from './sentences.ts';

export interface ComparisonOptions {
  readonly columns?: number;
  readonly colours?: Colours;
}

/** The whole comparison, with a newline at its end. */
export function comparisonText(comparison: Comparison, options: ComparisonOptions = {}): string {
  const { columns = 80, colours = PLAIN } = options;
  const wrapped = (text: string, indent = 0) =>
    wrapAnsi(text, columns - indent, { hard: false })
      .split('\n')
      .map((line) => ' '.repeat(indent) + line);
  const blocks: (readonly string[])[] = [
    [
      ...wrapped(`A  ${sideSentence(comparison.headers.a, comparison.scenarios.a)}`),
      ...wrapped(`B  ${sideSentence(comparison.headers.b, comparison.scenarios.b)}`),
      ...notes(comparison).flatMap((note) => wrapped(note)),
    ],
    [
      ...wrapped(conclusion(comparison)).map((line) =>
        comparison.verdicts.length === 0 ? colours.green(line) : colours.bold(line),
      ),
      ...verdictLines(
        comparison.verdicts.filter((pair) => !isUnsupported(pair)),
        colours,
        wrapped,
      ),
      ...unsupportedLines(comparison.verdicts.filter(isUnsupported), wrapped),
    ],
  ];
  blocks.push(
    measureLines(comparison.measures, columns, colours),
    fieldLines(comparison.fields, columns, colours),
  );
  if (comparison.observed.length > 0) {
    blocks.push([
      'Observed otherwise, where AWS leaves it open:',
      ...comparison.observed.flatMap(({ rule, a, b }) => [
        `  ${rule.id}`,
        ...wrapped(`A  ${observedLabels(a)}`, 4),
        ...wrapped(`B  ${observedLabels(b)}`, 4),
      ]),
    ]);
  }
  if (comparison.told.length > 0) {
    const list = (who: string, pairs: readonly RulePair[]) =>
      pairs.length === 0 ? [] : wrapped(`${who}: ${pairs.map(({ rule }) => rule.id).join(', ')}`, 2);
    blocks.push([
      'Decided in one of the two only:',
      ...list('A', comparison.told.filter(isToldByA)),
      ...list(
        'B',
        comparison.told.filter((pair) => !isToldByA(pair)),
      ),
    ]);
  }
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

const isToldByA = ({ b }: RulePair): boolean =>
  b.verdict === 'VACUOUS' || b.verdict === 'UNKNOWN' || b.verdict === 'ERROR';

const sideSentence = (header: RunHeader, scenarios: number): string =>
  `${targetName(header.target)}, seed ${header.seed}${shardWords(header)}, ${counted(scenarios, 'scenario')}`;

/** What a reader must know before the numbers. */
function notes({ headers: { a, b }, unasked }: Comparison): string[] {
  const notes: string[] = [];
  if (a.suite !== b.suite)
    notes.push(`A was judged by lambda-conformance ${a.suite}, B by ${b.suite}: rules may have changed.`);
  if (unasked > 0)
    notes.push(`${counted(unasked, 'rule')} of one run only ${unasked === 1 ? 'is' : 'are'} left out.`);
  for (const [name, { target }] of [
    ['A', a],
    ['B', b],
  ] as const)
    if (target.retryTimeScale !== undefined)
      notes.push(
        `On ${name} a minute of Lambda's asynchronous waits is ${rounded(Number((60 * target.retryTimeScale).toPrecision(2)))} s.`,
      );
  return notes;
}

function conclusion({ verdicts, same }: Comparison): string {
  const of = `${counted(same + verdicts.length, 'rule')} that both decided`;
  if (verdicts.length === 0) return `No verdict differs, of ${of}.`;
  return `${counted(verdicts.length, 'verdict')} ${verdicts.length === 1 ? 'differs' : 'differ'}, of ${of}:`;
}

/** One of the two does not offer what the rule needs. */
const isUnsupported = ({ a, b }: RulePair): boolean =>
  a.verdict === 'UNSUPPORTED' || b.verdict === 'UNSUPPORTED';

type Wrapped = (text: string, indent?: number) => string[];

function verdictLines(pairs: readonly RulePair[], colours: Colours, wrapped: Wrapped): string[] {
  const rows = padded(
    pairs.map(({ rule, a, b }) => [rule.id, `A ${verdictWords(a)}`, `B ${verdictWords(b)}`]),
  );
  return pairs.flatMap(({ rule, a, b }, at) => {
    const isViolated = a.verdict === 'VIOLATED' || b.verdict === 'VIOLATED';
    const row = `  ${rows[at]?.join('  ')}`;
    return [isViolated ? colours.red(row) : colours.yellow(row), ...wrapped(rule.invariant, 6)];
  });
}

/** Whole families of rules, as a rule: their ids are enough. */
const unsupportedLines = (pairs: readonly RulePair[], wrapped: Wrapped): string[] =>
  (['a', 'b'] as const).flatMap((key) => {
    const ids = pairs.filter((pair) => pair[key].verdict === 'UNSUPPORTED').map(({ rule }) => rule.id);
    return ids.length === 0 ? [] : wrapped(`UNSUPPORTED by ${key.toUpperCase()} alone: ${ids.join(', ')}`, 2);
  });

const verdictWords = ({ verdict, tally }: RuleResult): string =>
  verdict === 'VIOLATED' || verdict === 'WARNED'
    ? `${verdict} (${grouped(tally.broken)} of ${grouped(tally.subjects)})`
    : verdict;

function padded(rows: readonly (readonly string[])[]): string[][] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))),
  );
}

/** One row a measure; where the terminal is too narrow for that, three. */
function measureLines(measures: readonly MeasurePair[], columns: number, colours: Colours): string[] {
  if (measures.length === 0) return [];
  const title = 'Measured: median (least to greatest), ≠ where the two do not meet';
  const cells = measures.map((one) => [
    one.words,
    outlineWords(one.a, one.unit),
    outlineWords(one.b, one.unit),
  ]);
  const rows = padded([['', 'A', 'B'], ...cells]);
  const isTable = Math.max(...rows.map((row) => row.join('  ').length)) + 2 <= columns;
  const lines = measures.flatMap((one, at) => {
    const mark = one.isApart ? '≠' : ' ';
    const paint = one.isApart ? colours.yellow : (text: string) => text;
    if (isTable) return [paint(`${mark} ${rows[at + 1]?.join('  ')}`)];
    return [
      paint(`${mark} ${one.words}`),
      `      A  ${outlineWords(one.a, one.unit)}`,
      `      B  ${outlineWords(one.b, one.unit)}`,
    ];
  });
  return [
    ...wrapAnsi(title, columns).split('\n'),
    ...(isTable ? [colours.dim(`  ${rows[0]?.join('  ')}`)] : []),
    ...lines,
  ];
}

function fieldLines(fields: readonly FieldPair[], columns: number, colours: Colours): string[] {
  const apart = fields.filter(isFieldApart);
  if (apart.length === 0) return [];
  const rows = padded([
    ['', 'A', 'B'],
    ...apart.map((one) => [fieldWords(one), shareWords(one.a), shareWords(one.b)]),
  ]);
  const isTable = Math.max(...rows.map((row) => row.join('  ').length)) + 2 <= columns;
  return [
    'Fields that only one of the two ever has:',
    ...(isTable ? [colours.dim(`  ${rows[0]?.join('  ')}`)] : []),
    ...apart.flatMap((one, at) =>
      isTable
        ? [`  ${rows[at + 1]?.join('  ')}`]
        : [`  ${fieldWords(one)}`, `      A  ${shareWords(one.a)}`, `      B  ${shareWords(one.b)}`],
    ),
  ];
}

const fieldWords = ({ name, field }: { name: FieldsName; field: string }): string =>
  `${FIELDS[name].words}: ${field}`;

/** `61 s (58–64)`, or `3` where it was always that. */
function outlineWords(outline: Outline | undefined, unit: string): string {
  if (outline === undefined) return '·';
  const { min, median, max } = outline;
  // Times to two digits, as the median is known; counts as they are.
  const words = (value: number) => rounded(unit === '' ? value : Number(value.toPrecision(2)));
  const suffix = unit === '' ? '' : ` ${unit}`;
  if (words(min) === words(max)) return `${words(min)}${suffix}`;
  return `${words(median)}${suffix} (${words(min)}–${words(max)})`;
}

const rounded = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 6 });

/** The whole comparison as a page. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { headers, scenarios, verdicts, observed, told, measures, fields } = comparison;
  const name = (header: RunHeader) => markdownText(targetName(header.target));
  const section = (title: string, head: string, rows: readonly string[]) =>
    rows.length === 0 ? [] : [`## ${title}`, '', head, ...rows, ''];
  const verdictHead = '| rule | A | B | |\n|---|---|---|---|';
  const verdictRow = ({ rule, a, b }: RulePair) =>
    `| ${rule.id} | ${verdictWords(a)} | ${verdictWords(b)} | ${markdownText(rule.invariant)} |`;
  return [
    `# ${name(headers.a)} and ${name(headers.b)}`,
    '',
    `- **A** ${markdownText(sideSentence(headers.a, scenarios.a))}`,
    `- **B** ${markdownText(sideSentence(headers.b, scenarios.b))}`,
    ...notes(comparison).map((note) => `- ${markdownText(note)}`),
    '',
    `**${conclusion(comparison).replace(/:$/, '.')}**`,
    '',
    ...section('Verdicts that differ', verdictHead, verdicts.map(verdictRow)),
    ...section(
      'Measured',
      '| | A | B | | A: n | B: n |\n|---|---|---|---|---:|---:|',
      measures.map(({ words, unit, a, b, isApart }) => {
        const cells = [words, outlineWords(a, unit), outlineWords(b, unit), isApart ? '≠' : ''];
        return `| ${[...cells, grouped(a?.count ?? 0), grouped(b?.count ?? 0)].join(' | ')} |`;
      }),
    ),
    ...(measures.length === 0
      ? []
      : [
          'Median to two digits (least to greatest); ≠ where the two do not meet; n: how often it was measured.',
          '',
        ]),
    ...section(
      'Fields',
      '| | A | B | |\n|---|---|---|---|',
      fields.map(
        (one) =>
          `| ${fieldWords(one)} | ${shareWords(one.a)} | ${shareWords(one.b)} | ${isFieldApart(one) ? '≠' : ''} |`,
      ),
    ),
    ...section(
      'Observed otherwise, where AWS leaves it open',
      '| rule | A | B |\n|---|---|---|',
      observed.map(
        ({ rule, a, b }) =>
          `| ${rule.id} | ${markdownText(observedLabels(a))} | ${markdownText(observedLabels(b))} |`,
      ),
    ),
    ...section('Decided in one of the two only', verdictHead, told.map(verdictRow)),
  ].join('\n');
}
