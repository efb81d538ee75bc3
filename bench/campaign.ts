/**
 * How fast a campaign on the reference model is, as ratios measured in one run: `npm run bench`.
 *
 * Drawing alone is the yardstick, for a suite cannot be faster than its generator; it is measured in turns with the
 * whole, so that a noisy machine slows both. Each part has a process of its own, so that none is slowed by what the one
 * before it left to the compiler and the heap: what a campaign of all kinds in one process costs is a part as well.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { simulate } from '../adapters/memory/simulate.ts';
import { ALL_CAPABILITIES } from '../engine/capabilities.ts';
import { ChunkCount } from '../engine/deciding.ts';
import type { History } from '../engine/history.ts';
import type { InvokeStep, Scenario } from '../engine/scenario.ts';
import { targetSeed } from '../engine/seeds.ts';
import { AWS_TOLERANCES } from '../engine/tolerances.ts';
import { scenarioSource } from '../generators/source.ts';
import { rules } from '../specs/catalogue.ts';

const ROUNDS = 7;
const WARM_UP_ROUNDS = 4;
const SCENARIOS_A_ROUND = 5_000;

/** The kinds of scenarios that are measured, each by itself. */
const FAMILIES = ['calls', 'sqs', 'streams', 'kafkaMq'] as const;

type Families = readonly (typeof FAMILIES)[number][];

const sourceOf = (families: Families) =>
  scenarioSource({ seed: 1, capabilities: ALL_CAPABILITIES, isRealTime: false, families });

/** Milliseconds of processor time that `work` takes, garbage collection included: others on the machine do not count. */
function timed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const whole = (value: number): string => Math.round(value).toLocaleString('en');

function endToEnd(families: Families): void {
  const source = sourceOf(families);
  const drawn: number[] = [];
  const simulated: number[] = [];
  const decided: number[] = [];
  const sums = { scenarios: 0, events: 0, attempts: 0, observations: 0 };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const from = (round + WARM_UP_ROUNDS) * SCENARIOS_A_ROUND;
    const each = (work: (scenario: Scenario, index: number) => void) =>
      timed(() => {
        for (let index = from; index < from + SCENARIOS_A_ROUND; index++)
          work(source.draw(index).scenario, index);
      });
    const count = new ChunkCount(rules);
    const draw = each(() => {});
    const run = each((scenario, index) => simulate(scenario, targetSeed(1, index)));
    const all = each((scenario, index) =>
      count.take(index, simulate(scenario, targetSeed(1, index)), AWS_TOLERANCES),
    );
    if (round < 0) continue;
    drawn.push(draw);
    simulated.push(run);
    decided.push(all);
    const chunk = count.chunk(from, from + SCENARIOS_A_ROUND);
    sums.scenarios += chunk.scenarios;
    sums.events += chunk.events;
    sums.attempts += chunk.attempts;
    sums.observations += chunk.observations;
  }
  const perSecond = (ms: readonly number[]) => (SCENARIOS_A_ROUND / median(ms)) * 1_000;
  const mean = (sum: number) => (sum / sums.scenarios).toFixed(1);
  console.log(
    `${families.join(', ')}: scenarios as the default campaign draws them, ${rules.length} rules, processor time of one core, median of ${ROUNDS} rounds of ${whole(SCENARIOS_A_ROUND)} after ${WARM_UP_ROUNDS}`,
  );
  console.log(
    `  a scenario has ${mean(sums.events)} events or records, ${mean(sums.attempts)} attempts, ${mean(sums.observations)} observations (means)`,
  );
  console.log(`  draw                     ${whole(perSecond(drawn)).padStart(9)} a second   1.00`);
  const ratio = (ms: readonly number[]) =>
    median(ms.map((value, round) => (drawn[round] ?? Number.NaN) / value)).toFixed(2);
  console.log(
    `  draw, simulate           ${whole(perSecond(simulated)).padStart(9)} a second   ${ratio(simulated)}`,
  );
  console.log(
    `  draw, simulate, decide   ${whole(perSecond(decided)).padStart(9)} a second   ${ratio(decided)}`,
  );
}

/** One long scenario: events that fail, succeed late or at once, with destinations and a dead-letter queue. */
function longHistory(observations: number): History {
  const steps: InvokeStep[] = [];
  const plans: InvokeStep['plan'][] = [['ok'], ['throw'], ['throw', 'ok'], ['timeout', 'throw', 'ok']];
  const observationsAnEvent = 7;
  for (let k = 0; k < observations / observationsAnEvent; k++) {
    const plan = plans[k % plans.length] ?? ['ok'];
    steps.push({
      atSeconds: k * 0.01,
      do: 'invoke',
      function: 'f',
      type: 'Event',
      event: `e${k}`,
      payload: { k },
      plan,
    });
  }
  const scenario: Scenario = {
    scenario: 1,
    functions: [
      {
        name: 'f',
        timeoutSeconds: 3,
        deadLetter: 'queue:dead',
        eventInvoke: [{ qualifier: '$LATEST', onSuccess: 'queue:done', onFailure: 'queue:failed' }],
      },
    ],
    queues: [{ name: 'dead' }, { name: 'done' }, { name: 'failed' }],
    steps,
  };
  return simulate(scenario, 1);
}

/** One long scenario: one in ten of many records fails at first; read in batches of ten from a queue or a stream. */
function longPolling(source: 'queue:q' | 'stream:q', records: number): History {
  const sendings = records / 10;
  const scenario: Scenario = {
    scenario: 1,
    functions: [{ name: 'f', timeoutSeconds: 3 }],
    ...(source === 'queue:q' ? { queues: [{ name: 'q' }] } : { streams: [{ name: 'q', shards: 4 }] }),
    mappings: [
      {
        name: 'm',
        source,
        function: 'f',
        batchSize: 10,
        ...(source === 'stream:q' ? { startingPosition: 'TRIM_HORIZON' as const } : {}),
      },
    ],
    steps: Array.from({ length: sendings }, (_, k) => ({
      atSeconds: k * 0.01,
      do: 'send' as const,
      to: source,
      records: [
        { record: `p${k}`, plan: ['throw' as const, 'ok' as const], key: `k${k % 16}` },
        { record: `r${k}`, times: 9, plan: ['ok' as const], key: `k${k % 16}` },
      ],
    })),
  };
  return simulate(scenario, 1);
}

/** What one long scenario costs, simulated and decided, for each event or record: time, and memory of its history. */
function linearity(what: string, historyOf: (size: number) => History): void {
  console.log(`one long scenario of ${what}, simulated and decided by all rules`);
  let first: { readonly microseconds: number; readonly bytes: number } | undefined;
  for (const size of [10_000, 100_000, 1_000_000]) {
    const runs = size <= 10_000 ? 5 : size <= 100_000 ? 3 : 1;
    const simulating: number[] = [];
    const deciding: number[] = [];
    let bytes = 0;
    let observations = 0;
    for (let run = 0; run < runs; run++) {
      const before = heapBytes();
      let history: History | undefined;
      simulating.push(timed(() => (history = historyOf(size))));
      if (history === undefined) continue;
      const known = history;
      bytes = heapBytes() - before;
      observations = known.entries.length;
      deciding.push(timed(() => new ChunkCount(rules).take(0, known, AWS_TOLERANCES)));
    }
    const simulated = median(simulating);
    const decided = median(deciding);
    const each = { microseconds: ((simulated + decided) * 1_000) / size, bytes: bytes / size };
    first ??= each;
    console.log(
      `  ${whole(size).padStart(9)} of them, ${whole(observations).padStart(9)} observations  simulated ${seconds(simulated)}, decided ${seconds(decided)}  ${each.microseconds.toFixed(2)} µs each ${(each.microseconds / first.microseconds).toFixed(2)}  ${whole(each.bytes)} bytes each ${(each.bytes / first.bytes).toFixed(2)}`,
    );
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(2)} s`;

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function flatMemory(): void {
  console.log('memory of a long campaign, histories not kept');
  const source = sourceOf(FAMILIES);
  let first: number | undefined;
  for (let done = 0; done < 60_000; done += 20_000) {
    const count = new ChunkCount(rules);
    for (let index = done; index < done + 20_000; index++) {
      count.take(index, simulate(source.draw(index).scenario, targetSeed(1, index)), AWS_TOLERANCES);
    }
    const used = heapBytes() / 2 ** 20;
    first ??= used;
    console.log(
      `  after ${whole(done + 20_000).padStart(7)} scenarios  ${used.toFixed(0).padStart(4)} MiB   ${(used / first).toFixed(2)}`,
    );
  }
}

const PARTS: Readonly<Record<string, () => void>> = {
  ...Object.fromEntries(FAMILIES.map((family) => [family, () => endToEnd([family])])),
  all: () => endToEnd(FAMILIES),
  events: () => linearity('asynchronous events', longHistory),
  messages: () => linearity('messages of a queue', (records) => longPolling('queue:q', records)),
  records: () => linearity('records of a stream', (records) => longPolling('stream:q', records)),
  memory: flatMemory,
};

const asked = process.argv.slice(2);
const [only] = asked;
if (only !== undefined && asked.length === 1) {
  const part = PARTS[only];
  if (part === undefined) throw new Error(`${only}: there is ${Object.keys(PARTS).join(', ')}.`);
  part();
} else {
  for (const part of asked.length === 0 ? Object.keys(PARTS) : asked) {
    const { status } = spawnSync(
      process.execPath,
      [...process.execArgv, fileURLToPath(import.meta.url), part],
      { stdio: 'inherit' },
    );
    if (status !== 0) process.exitCode = 1;
  }
}
