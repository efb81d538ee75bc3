/** `advise`: a configuration held against AWS's advice, each finding tried on the built-in model. */
import type { Command } from 'commander';
import wrapAnsi from 'wrap-ansi';
import type { Configuration } from '../advice/configuration.ts';
import type { Outcome, TriedFinding } from '../advice/trial.ts';
import { sourceUrl } from '../engine/rule.ts';
import type { Colours } from '../reports/colours.ts';
import { duration, grouped } from '../reports/sentences.ts';
import { EXIT } from './exitCodes.ts';
import { readConfigurationFile } from './scenarioFile.ts';
import { targetChoice } from './targetChoice.ts';
import { UsageError } from './usageError.ts';
import * as values from './values.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

interface AdviseFlags {
  readonly function?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly recordSeconds: number;
  readonly count: number;
  readonly seed: number;
  readonly simulate: boolean;
  readonly json?: true;
}

export function defineAdvise(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('advise')
    .summary("hold a configuration against AWS's advice, and show what it means on the built-in model")
    .description(
      "Holds a configuration against AWS's advice: reserved concurrency and pollers, visibility timeouts, dead-letter queues, retries without a bound, destinations, batch sizes. Each finding has AWS's page, and what happens on the built-in model with and without the advice.",
    )
    .argument('[file]', 'a configuration: a scenario, of which the steps do not count')
    .option('--function <name>', 'instead of a file: a real function, read from the API; nothing is changed')
    .option('--endpoint <url>', 'with --function: where the AWS API is spoken')
    .option('--profile <name>', 'with --function: AWS itself, with this profile of the AWS configuration')
    .option('--record-seconds <s>', 'how long the handler works on one record', values.seconds, 0.1)
    .option('--count <n>', 'messages, records or events in a simulation', values.positive, 10_000)
    .option('--seed <n>', 'what AWS leaves open is drawn from it', values.seed, 1)
    .option('--no-simulate', 'only the findings')
    .option('--json', 'print JSON, and nothing else on stdout')
    .action(async (file: string | undefined, flags: AdviseFlags) => {
      const { configuration, leftOut } = await read(file, flags, world);
      for (const sentence of leftOut) world.stderr.write(`${sentence}\n`);
      const found = await looked(configuration, flags);
      world.stdout.write(flags.json ? `${JSON.stringify(found.map(asData), null, 2)}\n` : text(found, world));
      done(found.length === 0 ? EXIT.ok : EXIT.violated);
    });
}

interface Given {
  readonly configuration: Configuration;
  readonly leftOut: readonly string[];
}

async function read(file: string | undefined, flags: AdviseFlags, world: World): Promise<Given> {
  const { function: functionName, endpoint, profile } = flags;
  if (file !== undefined && functionName !== undefined)
    throw new UsageError('Give a file or --function, not both.');
  if (file !== undefined) {
    if (endpoint !== undefined || profile !== undefined)
      throw new UsageError('--endpoint and --profile go with --function: a file needs neither.');
    return { configuration: readConfigurationFile(file), leftOut: [] };
  }
  if (functionName === undefined)
    throw new UsageError(
      'Give a file with a configuration, or --function NAME with --endpoint or --profile.',
    );
  if ((endpoint === undefined) === (profile === undefined))
    throw new UsageError('With --function give --endpoint URL, or --profile NAME for AWS itself.');
  if (profile !== undefined) process.env['AWS_PROFILE'] = profile;
  const { configured } = await import('../adapters/aws/configured.ts');
  const choice = endpoint === undefined ? {} : targetChoice({ endpoint }, world);
  return configured(functionName, choice.endpoint === undefined ? {} : { url: choice.endpoint });
}

async function looked(configuration: Configuration, flags: AdviseFlags): Promise<TriedFinding[]> {
  const [{ findings }, { tried }] = await Promise.all([
    import('../advice/catalogue.ts'),
    import('../advice/trial.ts'),
  ]);
  const { recordSeconds, count, seed } = flags;
  return findings(configuration, { recordSeconds, count }).map((finding) => ({
    finding,
    tried: flags.simulate && finding.trial !== undefined ? tried(finding.trial, seed) : undefined,
  }));
}

function asData({ finding, tried }: TriedFinding) {
  const { advice, about, says, change, source, trial } = finding;
  return {
    ...{ advice, about, says, change },
    page: sourceUrl(source),
    ...(tried === undefined || trial === undefined ? {} : { trial: { says: trial.says, ...tried } }),
  };
}

function text(found: readonly TriedFinding[], { stdout, env }: World): string {
  const colours = coloursOf(stdout, env);
  const columns = columnsOf(stdout);
  if (found.length === 0) return `${colours.green("Nothing is against AWS's advice.")}\n`;
  const blocks = found.map((one) => blockOf(one, columns, colours));
  const count = found.length === 1 ? 'One point is' : `${found.length} points are`;
  return `${blocks.join('\n\n')}\n\n${count} against AWS's advice.\n`;
}

function blockOf({ finding, tried }: TriedFinding, columns: number, colours: Colours): string {
  const wrapped = (sentence: string) =>
    wrapAnsi(sentence, columns - 2, { hard: false })
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n');
  const lines = [
    `${colours.bold(finding.about)}  ${colours.dim(finding.advice)}`,
    wrapped(finding.says),
    wrapped(colours.green(finding.change)),
    `  ${colours.cyan(sourceUrl(finding.source))}`,
  ];
  if (tried !== undefined && finding.trial !== undefined)
    lines.push('', wrapped(`On the built-in model, ${finding.trial.says}:`), ...table(tried));
  return lines.join('\n');
}

/** What is counted, in words. */
const COUNTED: readonly (readonly [key: keyof Outcome, words: string])[] = [
  ['attempts', 'attempts'],
  ['throttles', 'throttled attempts'],
  ['handled', 'handled'],
  ['handledTwice', 'handled more than once'],
  ['repeated', 'deliveries beyond the first'],
  ['deadLetters', 'at a dead-letter queue or destination'],
  ['lost', 'neither handled nor told of'],
];

function table({ without, with: advised }: NonNullable<TriedFinding['tried']>): string[] {
  const rows: [string, string, string][] = [['', 'as it is', 'as advised']];
  for (const [key, words] of COUNTED) {
    if (without[key] === 0 && advised[key] === 0) continue;
    rows.push([words, grouped(without[key]), grouped(advised[key])]);
  }
  rows.push([
    'until the last one handled',
    duration(without.lastHandledSeconds),
    duration(advised.lastHandledSeconds),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    ([words, one, other]) =>
      `    ${words.padEnd(widths[0] ?? 0)}  ${one.padStart(widths[1] ?? 0)}  ${other.padStart(widths[2] ?? 0)}`,
  );
}
