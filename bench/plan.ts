/**
 * What the distilled plan is worth, on the reference model: rules decided and mutants shown by its scenarios, and by
 * as many, and ten times as many, as they are drawn: `npm run bench:plan`. Seconds are those that the scenarios would
 * take on a target whose asynchronous waits are a sixtieth of Lambda's.
 */
import { mutants } from '../adapters/memory/mutants/index.ts';
import { mutantsOf, reference } from '../adapters/memory/variants.ts';
import { ALL_CAPABILITIES, type Capability } from '../engine/capabilities.ts';
import { breachIn, decidable } from '../engine/deciding.ts';
import { expectedSeconds } from '../engine/expectedSeconds.ts';
import type { Rule } from '../engine/rule.ts';
import { targetSeed } from '../engine/seeds.ts';
import { AWS_TOLERANCES } from '../engine/tolerances.ts';
import { viewOf } from '../engine/viewOf.ts';
import { scenarioSource } from '../generators/source.ts';
import { planFor } from '../library/planning.ts';
import { rules as allRules } from '../specs/catalogue.ts';

/** What the driver over the AWS API cannot run or show on any target, or that no emulator here lets a scenario set. */
const BEYOND: readonly Capability[] = [
  'kafka',
  'mq',
  'accountLimit',
  'throttles',
  'metrics',
  'slowInit',
  'lastingLoad',
  'roles',
  'callers',
];
const JOBS = 20;
const tolerances = {
  ...AWS_TOLERANCES,
  retryTimeScale: 1 / 60,
  pollingRetrySeconds: 2,
  windowLateSeconds: 1,
};
const capabilities = new Set([...ALL_CAPABILITIES].filter((one) => !BEYOND.includes(one)));
const rules = decidable(allRules, { capabilities });
const byId = new Map(rules.map((rule) => [rule.id, rule]));
const variants = mutantsOf(mutants, new Set(byId.keys()));

for (const seed of [1, 2, 3]) {
  const source = scenarioSource({ seed, capabilities, isRealTime: true });
  const before = process.cpuUsage();
  const plan = await planFor({ target: { capabilities, tolerances, jobs: JOBS }, source, rules });
  const { user, system } = process.cpuUsage(before);
  const planned = plan.scenarios.map(({ index }) => index);
  const scenarioOf = (index: number) => source.draw(index).scenario;
  const secondsOf = (indexes: readonly number[]) =>
    indexes.reduce((sum, index) => sum + 2 + expectedSeconds(scenarioOf(index), tolerances), 0);
  const tell = (what: string, indexes: readonly number[]) => {
    const { decided, shown } = worth(indexes);
    console.log(
      `  ${what.padEnd(28)}${String(indexes.length).padStart(6)} scenarios ${secondsOf(indexes).toFixed(0).padStart(7)} s of waiting ${String(decided).padStart(5)} rules ${String(shown).padStart(5)} mutants`,
    );
    return shown;
  };
  const worth = (indexes: readonly number[]) => ({
    decided: rules.filter((rule) => indexes.some((index) => isDecided(rule, index))).length,
    shown: variants.reduce(
      (sum, { simulate, breaks }) =>
        sum +
        noticed(
          simulate,
          breaks.flatMap((id) => byId.get(id) ?? []),
          indexes,
        ),
      0,
    ),
  });
  const views = new Map<number, ReturnType<typeof viewOf>>();
  const isDecided = (rule: Rule, index: number): boolean => {
    let view = views.get(index);
    if (view === undefined) {
      view = viewOf(reference.simulate(scenarioOf(index), targetSeed(seed, index)), AWS_TOLERANCES);
      views.set(index, view);
    }
    let has = false;
    const mark = () => {
      has = true;
    };
    rule.decide(view, { kept: mark, broken: mark, observed: mark, unknown: () => {} });
    return has;
  };
  const noticed = (
    simulate: (typeof variants)[number]['simulate'],
    wanted: readonly Rule[],
    indexes: readonly number[],
  ): number => {
    let open = wanted.filter(({ judges }) => judges);
    const all = open.length;
    for (const index of indexes) {
      if (open.length === 0) break;
      const view = viewOf(simulate(scenarioOf(index), targetSeed(seed, index)), AWS_TOLERANCES);
      open = open.filter((rule) => breachIn(rule, view) === undefined);
    }
    return all - open.length;
  };
  const first = (count: number) => Array.from({ length: count }, (_, index) => index);
  let sameTime = 0;
  for (let seconds = 0; seconds < secondsOf(planned); sameTime++) seconds += secondsOf([sameTime]);
  console.log(
    `seed ${seed}: of ${rules.length} rules and ${variants.length} mutants; planned in ${((user + system) / 1e6).toFixed(1)} s of processor time`,
  );
  const shown = tell('the plan', planned);
  const inTime = tell('as drawn, in the same time', first(sameTime));
  const tenfold = tell('as drawn, ten times as many', first(10 * planned.length));
  console.log(
    `  mutants shown: ${(shown / inTime).toFixed(2)} of the same time, ${(shown / tenfold).toFixed(2)} of ten times as many`,
  );
}
