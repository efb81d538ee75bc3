/** A run as Markdown, for a pull request, a job summary or a page. */
import type { RuleResult } from '../engine/result.ts';
import { sourceUrl } from '../engine/rule.ts';
import type { Verdict } from '../engine/verdict.ts';
import { conclusionOf, scenariosDone } from './conclusion.ts';
import {
  counted,
  divergenceSentence,
  duration,
  givenLines,
  grouped,
  observedLabels,
  observedSentence,
  reasonOf,
  shardWords,
  sizeOf,
  targetName,
  VERDICT_MEANING,
} from './sentences.ts';
import { type Counts, HEADINGS, headingOf, listedAs, type Summary, withVerdict } from './summary.ts';
import { timelineOf } from './timeline.ts';
import { timelineText } from './timelineText.ts';

/** The whole page. */
export function markdownReport(summary: Summary): string {
  const { header } = summary.result;
  const violated = withVerdict(summary, 'VIOLATED');
  const warned = withVerdict(summary, 'WARNED');
  const lines = [
    `# Conformance of ${markdownText(targetName(header.target))} with AWS Lambda`,
    '',
    ...overview(summary),
    ...table(summary),
    ...(violated.length === 0
      ? []
      : ['## Violated', '', ...violated.flatMap((found) => broken(found, summary))]),
    ...(warned.length === 0 ? [] : ['## Warned', '', ...warned.flatMap((found) => broken(found, summary))]),
    ...held(summary),
    ...errors(summary),
    '## Every rule',
    '',
  ];
  for (const { title, results } of summary.groups) {
    lines.push(`### ${title}`, '', '| rule | level | verdict | subjects | |', '|---|---|---|---:|---|');
    lines.push(...results.map((found) => ruleRow(found, summary)), '');
  }
  return lines.join('\n');
}

function overview(summary: Summary): string[] {
  const { result, subjects, ending, isComplete } = summary;
  const { header, footer } = result;
  const took = footer === undefined ? '' : ` in ${duration(footer.elapsedSeconds)}`;
  const shard = shardWords(header);
  return [
    `**${conclusionOf(summary).sentence}**`,
    '',
    `${counted(result.scenarios, 'scenario')}, ${counted(result.events, 'event')}, ${counted(result.attempts, 'attempt')}; ` +
      `${counted(subjects, 'subject')} decided${took}. Seed ${header.seed}${shard}, lambda-conformance ${header.suite}, ${header.startedAt}.`,
    '',
    ...(ending === 'time up' ? [`${scenariosDone(summary)}: the time was up.`, ''] : []),
    ...(isComplete ? [] : ['**The run did not come to its end**: it says less than it would have.', '']),
  ];
}

function table({ groups, counts }: Summary): string[] {
  const shown = HEADINGS.filter(
    (verdict) => verdict === 'KEPT' || verdict === 'VIOLATED' || counts[verdict] > 0,
  );
  const row = (title: string, of: Counts) =>
    `| ${title} | ${shown.map((verdict) => (of[verdict] === 0 ? '' : grouped(of[verdict]))).join(' | ')} |`;
  return [
    `| | ${shown.map((verdict) => verdict.toLowerCase()).join(' | ')} |`,
    `|---|${shown.map(() => '---:|').join('')}`,
    ...groups.map((group) => row(group.title, group.counts)),
    row('**all**', counts),
    '',
    ...shown.map((verdict) => `- *${verdict.toLowerCase()}*: ${VERDICT_MEANING[verdict]}`),
    '',
  ];
}

function broken({ rule, tally, counterexample }: RuleResult, { listed }: Summary): string[] {
  const entry = listed.get(rule.id)?.divergence;
  const lines = [
    `### ${rule.id} (${rule.level})`,
    '',
    markdownText(rule.invariant),
    '',
    ...rule.sources.map((source) => `- <${sourceUrl(source)}>`),
    '',
    `${grouped(tally.broken)} of ${counted(tally.subjects, 'subject')} broke it.`,
    '',
    ...(entry === undefined ? [] : [`**Expired**: ${markdownText(divergenceSentence(entry))}`, '']),
  ];
  if (counterexample === undefined) return lines;
  const { scenario, entries, marks, expected } = counterexample;
  return [
    ...lines,
    `- **Expected** ${markdownText(expected)}`,
    `- **Observed** ${markdownText(observedSentence(counterexample))}`,
    '',
    `The smallest scenario that breaks it: ${sizeOf(scenario)}.`,
    '',
    ...fenced('text', givenLines(scenario, 100)),
    ...fenced('text', timelineText(timelineOf({ scenario, entries }), { marks, rows: 40, columns: 100 })),
    '<details><summary>The scenario</summary>',
    '',
    ...fenced('json', [JSON.stringify(scenario, null, 2)]),
    '</details>',
    '',
  ];
}

/** How the run stands to its baseline, where it has one. */
function held(summary: Summary): string[] {
  const section = (standing: 'known' | 'fixed', title: string) => {
    const listed = listedAs(summary, standing);
    if (listed.length === 0) return [];
    return [
      `## ${title}`,
      '',
      '| rule | subjects | accepted because | until | |',
      '|---|---:|---|---|---|',
      ...listed.map(({ divergence: { rule, reason, expires = '', link }, subjects }) => {
        const more = link === undefined ? '' : `<${link}>`;
        return `| ${rule} | ${grouped(subjects)} | ${markdownText(reason)} | ${expires} | ${more} |`;
      }),
      '',
    ];
  };
  return [
    ...section('fixed', 'Fixed: to be taken out of the baseline'),
    ...section('known', 'Known: accepted by the baseline'),
  ];
}

function errors({ result }: Summary): string[] {
  if (result.errors.length === 0) return [];
  return [
    '## Errors of the harness',
    '',
    ...result.errors.map(({ scenario, message }) => `- scenario ${scenario}: ${markdownText(message)}`),
    '',
  ];
}

const WITH_REASON: readonly (Verdict | 'KNOWN')[] = ['UNKNOWN', 'UNSUPPORTED', 'ERROR'];

function ruleRow(found: RuleResult, { listed }: Summary): string {
  const { rule, tally } = found;
  const verdict = headingOf(found, listed);
  const page = rule.sources[0];
  const id = page === undefined ? rule.id : `[${rule.id}](${sourceUrl(page)})`;
  const seen =
    verdict === 'OBSERVED' ? observedLabels(found) : WITH_REASON.includes(verdict) ? reasonOf(found) : '';
  const words = [rule.invariant, seen].filter((part) => part !== '').map(markdownText);
  return `| ${id} | ${rule.level} | ${verdict} | ${grouped(tally.subjects)} | ${words.join('<br>')} |`;
}

/** A fence longer than any within. */
function fenced(language: string, lines: readonly string[]): string[] {
  const longest = Math.max(2, ...[...lines.join('\n').matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence, ''];
}

/** Text with what Markdown and HTML would take for their own made harmless; on one line, also in a table. */
export const markdownText = (raw: string): string =>
  raw
    .replace(/[\\`*_[\]<>|#~]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`))
    .replace(/\s+/g, ' ');
