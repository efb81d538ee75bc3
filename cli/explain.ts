/** `explain`: a rule with its pages, or a scenario as a timeline. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import wrapAnsi from 'wrap-ansi';
import { alternatives } from '../engine/capabilities.ts';
import { breachOf, decidable } from '../engine/deciding.ts';
import type { History } from '../engine/history.ts';
import { type Evidence, needsOf, type Rule, sourceUrl } from '../engine/rule.ts';
import type { Colours } from '../reports/colours.ts';
import { capabilityWords, duration, givenLines, sizeOf } from '../reports/sentences.ts';
import { timelineOf } from '../reports/timeline.ts';
import { timelineText } from '../reports/timelineText.ts';
import { EXIT } from './exitCodes.ts';
import { readScenarioFile } from './scenarioFile.ts';
import { suggestion } from './suggest.ts';
import { withTarget } from './targetChoice.ts';
import { UsageError } from './usageError.ts';
import * as values from './values.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

interface ExplainFlags {
  readonly seed: number;
}

export function defineExplain(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('explain')
    .summary('show a rule with its pages, or a scenario as a timeline')
    .description(
      'Shows a rule with the pages that say so; or what happens in a scenario: as it was observed, for a counterexample or a history, and as the in-memory model runs it, for a scenario alone.',
    )
    .argument(
      '<id|file>',
      'a rule (ASYNC-RETRY-01), or a file with a scenario, a history or a counterexample',
    )
    .option('--seed <n>', 'for a scenario alone: what AWS leaves open is drawn from it', values.seed, 1)
    .action(async (what: string, flags: ExplainFlags) => {
      const { stdout, env } = world;
      const all = (await world.groups()).flatMap(({ rules }) => rules);
      const rule = all.find(({ id }) => id === what.toUpperCase());
      const colours = coloursOf(stdout, env);
      const text =
        rule === undefined
          ? await explainedFile(what, flags, all, world)
          : explainedRule(rule, columnsOf(stdout), colours);
      stdout.write(`${text}\n`);
      done(EXIT.ok);
    });
}

/** How far a page may be relied on. */
const EVIDENCE: Readonly<Record<Evidence, string>> = {
  current: 'the current page, read',
  model: "read in the API's model",
  archived: 'an archived copy, read',
  excerpt: 'an excerpt, read',
  unread: 'known by reference only',
};

function explainedRule(rule: Rule, columns: number, colours: Colours): string {
  const { id, level, invariant, sources, note } = rule;
  const needs = needsOf(rule);
  const wrapped = (text: string) => wrapAnsi(text, columns, { hard: false });
  const lines = [`${colours.bold(id)} (${level})`, wrapped(invariant), ''];
  for (const source of sources) {
    lines.push(`  ${colours.cyan(sourceUrl(source))}`, colours.dim(`    ${EVIDENCE[source.evidence]}`));
  }
  if (rule.isSilent)
    lines.push('', wrapped("AWS's pages do not say: what a target does is noted, not judged."));
  if (rule.isContradictory)
    lines.push('', wrapped("AWS's pages disagree: each of what they say is tolerated."));
  if (needs.length > 0) {
    lines.push('', 'It can be decided on a target that offers');
    lines.push(...needs.map((need) => `  ${alternatives(need).map(capabilityWords).join('\n    or ')}`));
  }
  if (note !== undefined) lines.push('', wrapped(`Note: ${note}`));
  lines.push('', 'To run only this rule:', `  ${colours.cyan(`lambda-conformance run --rules ${id}`)}`);
  return lines.join('\n');
}

async function explainedFile(
  path: string,
  { seed }: ExplainFlags,
  rules: readonly Rule[],
  world: World,
): Promise<string> {
  if (!existsSync(path) && !/[./\\]/.test(path)) {
    const near = suggestion(
      path,
      rules.map(({ id }) => id),
    );
    throw new UsageError(
      `There is neither a rule nor a file called ${path}${near}: \`lambda-conformance list\` shows the rules.`,
    );
  }
  const { scenario, entries, counterexample } = readScenarioFile(path);
  const colours = coloursOf(world.stdout, world.env);
  const draw = (history: History, marks: readonly number[] = []) =>
    timelineText(timelineOf(history), { marks, columns: columnsOf(world.stdout), colours });
  const wrapped = (text: string) => wrapAnsi(text, columnsOf(world.stdout), { hard: false });
  if (counterexample !== undefined) {
    const { rule, level, invariant, pages, expected, observed, broke, runs, target, marks } = counterexample;
    return [
      `${colours.bold(rule)} (${level}) on ${target.name}: ${sizeOf(scenario)}`,
      wrapped(invariant),
      ...pages.map((page) => colours.dim(page)),
      '',
      wrapped(`Expected  ${expected}`),
      wrapped(`Observed  ${observed}${runs > 1 ? `, in ${broke} of ${runs} runs` : ''}`),
      '',
      ...givenLines(scenario, columnsOf(world.stdout)),
      ...draw({ scenario, entries: counterexample.entries }, marks),
    ].join('\n');
  }
  if (entries !== undefined)
    return [
      `As observed: ${sizeOf(scenario)}.`,
      ...givenLines(scenario, columnsOf(world.stdout)),
      '',
      ...draw({ scenario, entries }),
    ].join('\n');
  return withTarget({ name: 'memory' }, world, async (model) => {
    const before = performance.now();
    const history = await model.run({ scenario, seed }, new AbortController().signal);
    const tookMs = performance.now() - before;
    const lasted = history.entries.at(-1)?.at ?? 0;
    const broken = decidable(rules, model).filter(
      (rule) => breachOf(rule, history, model.tolerances) !== undefined,
    );
    return [
      wrapped(
        `As the in-memory model runs it: ${sizeOf(scenario)}, ${duration(lasted)} simulated in ${tookMs.toFixed(1)} ms.`,
      ),
      ...givenLines(scenario, columnsOf(world.stdout)),
      '',
      ...draw(history),
      // The model is the documentation, made executable: a rule that is broken on it is our defect.
      ...(broken.length === 0
        ? []
        : ['', `The model breaks ${broken.map(({ id }) => id).join(', ')}: please report it.`]),
    ].join('\n');
  });
}
