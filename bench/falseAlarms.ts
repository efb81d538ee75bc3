/**
 * No false alarm: campaigns of many seeds on the unchanged reference model, in which no rule may fire.
 *
 *   npm run falsealarms -- 1000 100     # seeds, scenarios each
 */
import { simulate } from '../adapters/memory/simulate.ts';
import { ALL_CAPABILITIES } from '../engine/capabilities.ts';
import { accusations } from '../engine/selftest.ts';
import { AWS_TOLERANCES } from '../engine/tolerances.ts';
import { scenarioSource } from '../generators/source.ts';
import { rules } from '../specs/catalogue.ts';

const [seeds = 1_000, scenarios = 100] = process.argv.slice(2).map(Number);

const reference = {
  name: 'reference',
  simulate: (...run: Parameters<typeof simulate>) => simulate(...run),
  tolerances: AWS_TOLERANCES,
};

let alarms = 0;
for (let seed = 1; seed <= seeds; seed++) {
  const source = scenarioSource({ seed, capabilities: ALL_CAPABILITIES, isRealTime: false });
  for (const { rule, scenario, expected, observed } of accusations([reference], rules, source, scenarios)) {
    alarms++;
    console.log(`seed ${seed}, scenario ${scenario}: ${rule}: expected ${expected}, observed ${observed}`);
  }
}
console.log(`${seeds} campaigns of ${scenarios} scenarios, ${rules.length} rules: ${alarms} false alarms`);
process.exitCode = alarms > 0 ? 1 : 0;
