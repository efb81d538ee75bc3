/** The command's words, put together of one file a subcommand. */
import { Command } from 'commander';
import { suiteVersion } from '../library/suite.ts';
import { defineAdvise } from './advise.ts';
import { defineBaseline } from './baseline.ts';
import { defineCompare } from './compare.ts';
import { defineDoctor } from './doctor.ts';
import { defineExplain } from './explain.ts';
import { defineList } from './list.ts';
import { defineMerge } from './merge.ts';
import { definePlan } from './plan.ts';
import { defineReplay } from './replay.ts';
import { defineReport } from './report.ts';
import { defineRun } from './run.ts';
import { defineSelftest } from './selftest.ts';
import { defineSweep } from './sweep.ts';
import { columnsOf, type World } from './world.ts';

/**
 * @param done takes the exit code of the subcommand that ran
 */
export function makeProgram(world: World, done: (code: number) => void): Command {
  const { stdout, stderr } = world;
  const program = new Command('lambda-conformance')
    .description('A property-based conformance suite for how AWS Lambda invokes functions.')
    .version(suiteVersion(), '-V, --version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => columnsOf(stdout),
      getErrHelpWidth: () => columnsOf(stderr),
      outputError: (text, write) => write(`${sentence(text)} See lambda-conformance --help.\n`),
    })
    .addHelpText('after', '\n`lambda-conformance help run` tells more of one of them.');
  const definitions = [
    defineRun,
    defineList,
    defineExplain,
    defineReplay,
    definePlan,
    defineReport,
    defineBaseline,
    defineMerge,
    defineCompare,
    defineAdvise,
    defineSelftest,
    defineDoctor,
    defineSweep,
  ];
  for (const define of definitions) define(program, world, done);
  for (const command of program.commands) {
    // A wrong flag of a subcommand is explained by that one's help.
    command.configureOutput({
      outputError: (text, write) =>
        write(`${sentence(text)} See lambda-conformance ${command.name()} --help.\n`),
    });
  }
  return program;
}

/**
 * `help run` as `run --help`. commander's own command of that name answers a name that it does not know with a page
 * of help on stderr: here it is an unknown command like any other.
 */
export function helpAsFlag(program: Command, words: readonly string[]): readonly string[] {
  const [help, name] = words;
  if (help !== 'help') return words;
  if (name === undefined) return ['--help'];
  return program.commands.some((command) => command.name() === name) ? [name, '--help'] : [name];
}

/** commander's message as one sentence: `error: unknown option '--sed'\n(Did you mean --seed?)`. */
function sentence(text: string): string {
  const line = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  const capital = line.charAt(0).toUpperCase() + line.slice(1);
  return /[.?)]$/.test(capital) ? capital : `${capital}.`;
}
