/** `doctor`: is the target reachable, what does it support, how is its clock. */
import type { Command } from 'commander';
import wrapAnsi from 'wrap-ansi';
import type { Diagnosis } from '../adapters/aws/doctor.ts';
import { CAPABILITIES, type Capability } from '../engine/capabilities.ts';
import { decidable } from '../engine/deciding.ts';
import type { Target } from '../engine/target.ts';
import { capabilityWords, targetName } from '../reports/sentences.ts';
import type { Group } from '../reports/summary.ts';
import { EXIT } from './exitCodes.ts';
import { type TargetFlags, targetChoice, withTarget } from './targetChoice.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

interface DoctorFlags extends TargetFlags {
  readonly json?: true;
}

export function defineDoctor(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('doctor')
    .summary(
      'look whether a target can be reached, what it supports, how its clock is, and how much it bears',
    )
    .description(
      'Looks whether a target can be reached, what it supports, how its clock is, and how many calls at once it bears. Without a flag it looks at memory, the built-in model.',
    )
    .option('--target <name>', 'a known target: it is started, looked at and stopped')
    .option(
      '--endpoint <url>',
      'whatever speaks the AWS API there: two functions are created, invoked and deleted',
    )
    .option('--json', 'print JSON, and nothing else on stdout')
    .option('--collector-host <host>', 'how functions in containers reach this machine')
    .action(async (flags: DoctorFlags) => {
      done(await doctor(flags, world));
    });
}

async function doctor(flags: DoctorFlags, world: World): Promise<number> {
  const choice = targetChoice(flags, world);
  const { stdout } = world;
  const tellProfile = async (target: Target): Promise<number> => {
    const text = flags.json
      ? `${JSON.stringify(profile(target), null, 2)}\n`
      : profileText(target, await world.groups(), world);
    stdout.write(text);
    return EXIT.ok;
  };
  if (choice.endpoint === undefined) return withTarget(choice, world, tellProfile);
  const { doctor: diagnose } = await import('../adapters/aws/doctor.ts');
  const host = choice.collectorHost === undefined ? {} : { collectorHost: choice.collectorHost };
  const diagnosis = await diagnose(choice.endpoint, host);
  if (choice.name !== undefined && isSilent(diagnosis)) {
    // The profile may know that no handler runs there, and then there is nothing wrong with that.
    const code = await withTarget(choice, world, async (target) =>
      target.capabilities.has('invoke') ? undefined : tellProfile(target),
    );
    if (code !== undefined) return code;
  }
  stdout.write(flags.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : diagnosisText(diagnosis, world));
  return diagnosis.isHealthy ? EXIT.ok : EXIT.failed;
}

/** Whether functions can be made there, and nothing was heard of one that was invoked. */
const isSilent = ({ checks }: Diagnosis): boolean =>
  checks.some(({ name, isOk }) => name === 'report' && !isOk);

function diagnosisText(
  { endpoint, checks, isHealthy, latencySeconds, capabilities, declined }: Diagnosis,
  world: World,
): string {
  const { stdout, env } = world;
  const colours = coloursOf(stdout, env);
  const lines = checks.map(({ name, isOk, sentence, seconds }) => {
    const took = seconds === undefined || name === 'clock' ? '' : ` (${seconds.toFixed(2)} s)`;
    const text = wrapAnsi(sentence + took, columnsOf(stdout) - 14, { hard: false }).split('\n');
    return `  ${isOk ? colours.green('✓') : colours.red('✗')} ${name.padEnd(10)}${text.join(`\n${' '.repeat(14)}`)}`;
  });
  const offers =
    capabilities === undefined
      ? ''
      : `It can run and show:\n${capabilityLines(new Set(capabilities), world, declined).join('\n')}\n\n`;
  const latency =
    latencySeconds === undefined
      ? ''
      : ` Its smallest answer takes ${(latencySeconds * 1_000).toFixed(0)} ms.`;
  const last = isHealthy
    ? `${colours.green('It can be judged.')}${latency}\n  lambda-conformance run --endpoint ${endpoint}`
    : colours.red('It cannot be judged like this.');
  return `${endpoint}\n${lines.join('\n')}\n\n${offers}${last}\n`;
}

const profile = ({ name, version, isRealTime, jobs, capabilities, tolerances }: Target) => ({
  ...{ name, version, isRealTime, jobs, tolerances },
  capabilities: [...capabilities],
});

/** A line for each capability; with the target's words where it declined it. */
function capabilityLines(
  has: ReadonlySet<Capability>,
  { stdout, env }: World,
  declined: Diagnosis['declined'] = {},
): string[] {
  const colours = coloursOf(stdout, env);
  return (Object.keys(CAPABILITIES) as Capability[]).map((name) => {
    const why = declined[name] === undefined ? '' : ` – declined: ${declined[name]}`;
    return `  ${has.has(name) ? colours.green('✓') : colours.dim('·')} ${capabilityWords(name)}${why}`;
  });
}

function profileText(target: Target, groups: readonly Group[], world: World): string {
  const rules = groups.flatMap((group) => group.rules);
  const count = `${decidable(rules, target).length} of ${rules.length} rules can be decided there`;
  const judged = target.capabilities.has('invoke')
    ? `${count}.`
    : `It runs no handler, so that requests to the control plane and their answers are judged, and nothing else: ${count}.`;
  const lines = capabilityLines(target.capabilities, world);
  const clock = target.isRealTime
    ? `Its clock is real: one second of Lambda's asynchronous waits takes ${target.tolerances.retryTimeScale.toPrecision(2)} s.`
    : 'Its clock is simulated: waits take no time.';
  return `${targetName(target)} is there. It can run and show:\n${lines.join('\n')}\n${wrapAnsi(judged, columnsOf(world.stdout), { hard: false })}\n${clock}\n`;
}
