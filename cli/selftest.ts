/** `selftest`: every rule can fail, and no rule accuses the innocent. */
import type { Command } from 'commander';
import { ALL_CAPABILITIES } from '../engine/capabilities.ts';
import type { Level, Rule } from '../engine/rule.ts';
import { accusations, type FalseAlarm, type Kill, killMutants } from '../engine/selftest.ts';
import { DEFAULT_SCENARIOS } from '../library/suite.ts';
import { counted } from '../reports/sentences.ts';
import { chosenRules } from './chosenRules.ts';
import { EXIT } from './exitCodes.ts';
import * as values from './values.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

interface SelftestFlags {
  readonly rules?: string;
  readonly scenarios: number;
  readonly seed: number;
  readonly json?: true;
}

/** Neighbours are many scenarios each for every rule at once: a tenth of what a mutant may take. */
const NEIGHBOUR_SHARE = 0.1;

export function defineSelftest(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('selftest')
    .summary('prove that every rule can fail, and that none accuses the innocent')
    .description(
      'Runs mutants of the in-memory model, each with one thing wrong, that the rules must notice; and neighbours, oddities that AWS allows, on which all rules must stay silent.',
    )
    .option('--rules <pattern>', 'only these rules, apart by commas, e.g. "ASYNC-*,SYNC-LOG-01"')
    .option('--scenarios <n>', 'scenarios for each mutant at most', values.positive, DEFAULT_SCENARIOS)
    .option('--seed <n>', 'the same seed draws the same scenarios', values.seed, 1)
    .option('--json', 'print JSON, and nothing else on stdout')
    .action(async (flags: SelftestFlags) => {
      done(await selftest(flags, world));
    });
}

/** What became of one rule. */
interface Proof {
  readonly rule: Rule;
  readonly kills: readonly Kill[];
  readonly alarms: readonly FalseAlarm[];
}

async function selftest(flags: SelftestFlags, world: World): Promise<number> {
  const rules = chosenRules(await world.groups(), flags);
  const { mutants } = await import('../adapters/memory/mutants/index.ts');
  const { neighbours } = await import('../adapters/memory/neighbours.ts');
  const { mutantsOf, reference, variantOf } = await import('../adapters/memory/variants.ts');
  const source = await world.source({ seed: flags.seed, capabilities: ALL_CAPABILITIES, isRealTime: false });
  const variants = mutantsOf(mutants, new Set(rules.map(({ id }) => id)));
  const kills = [...killMutants(variants, reference, rules, source, flags.scenarios)];
  const beside = neighbours.map(variantOf);
  const scenarios = Math.ceil(flags.scenarios * NEIGHBOUR_SHARE);
  const alarms = [...accusations([reference, ...beside], rules, source, scenarios)];
  const proofs = rules.map((rule) => ({
    rule,
    kills: kills.filter((kill) => kill.rule === rule.id),
    alarms: alarms.filter((alarm) => alarm.rule === rule.id),
  }));
  const isProven = proofs.every(holds);
  const counts = { mutants: variants.length, neighbours: beside.length, scenarios };
  world.stdout.write(
    flags.json
      ? `${JSON.stringify({ isProven, ...counts, rules: proofs.map(asData) }, null, 2)}\n`
      : asText(proofs, counts, isProven, world),
  );
  return isProven ? EXIT.ok : EXIT.violated;
}

const isMissed = ({ scenario }: Kill): boolean => scenario === undefined;

/** AWS's pages let a MAY be either way: it needs no mutant. */
const needsMutant = (level: Level): boolean => level !== 'MAY';

const holds = ({ rule, kills, alarms }: Proof): boolean =>
  alarms.length === 0 && !kills.some(isMissed) && (kills.length > 0 || !needsMutant(rule.level));

const asData = (proof: Proof) => ({
  id: proof.rule.id,
  level: proof.rule.level,
  holds: holds(proof),
  mutants: proof.kills.map(({ mutant, scenario }) => ({ mutant, noticedInScenario: scenario ?? null })),
  falseAlarms: proof.alarms.map(({ rule: _, ...alarm }) => alarm),
});

function asText(
  proofs: readonly Proof[],
  counts: { readonly mutants: number; readonly neighbours: number; readonly scenarios: number },
  isProven: boolean,
  { stdout, env }: World,
): string {
  const colours = coloursOf(stdout, env);
  const idColumns = Math.max(4, ...proofs.map(({ rule }) => rule.id.length)) + 2;
  const room = columnsOf(stdout) - idColumns - 28;
  const cut = (text: string) => (text.length <= room ? text : `${text.slice(0, room - 1)}…`);
  const lines = [colours.dim(`${'rule'.padEnd(idColumns)}level   noticed   silent    mutants`)];
  for (const proof of proofs) {
    const { rule, kills, alarms } = proof;
    const noticed = kills.filter((kill) => !isMissed(kill)).length;
    const first = kills.length === 0 && needsMutant(rule.level) ? 'none' : `${noticed} of ${kills.length}`;
    const silent = alarms.length === 0 ? 'yes' : 'no';
    const names = cut(kills.map(({ mutant }) => mutant).join('; '));
    const line = `${rule.id.padEnd(idColumns)}${rule.level.padEnd(8)}${first.padEnd(10)}${silent.padEnd(10)}${names}`;
    lines.push(holds(proof) ? line.trimEnd() : colours.red(line.trimEnd()));
    for (const { mutant } of kills.filter(isMissed)) lines.push(`  not noticed: ${mutant}`);
    for (const { neighbour, scenario, expected, observed } of alarms) {
      lines.push(
        `  false alarm on ${neighbour}, scenario ${scenario}: expected ${expected}, observed ${observed}`,
      );
    }
  }
  const without = proofs.filter(({ rule, kills }) => kills.length === 0 && needsMutant(rule.level)).length;
  lines.push(
    '',
    `${counted(proofs.length, 'rule')}, ${counted(counts.mutants, 'mutant')}, ${counted(counts.neighbours, 'neighbour')} of ${counted(counts.scenarios, 'scenario')} each.`,
  );
  if (without > 0)
    lines.push(
      colours.red(`${counted(without, 'rule')} without a mutant: nothing proves that they can fail.`),
    );
  lines.push(
    isProven
      ? colours.green('Every rule can fail, and none accuses the innocent.')
      : colours.red('The suite does not hold: see the lines above.'),
  );
  return `${lines.join('\n')}\n`;
}
