/** `sweep`: remove what killed runs left on a target. */
import type { Command } from 'commander';
import { counted } from '../reports/sentences.ts';
import { EXIT } from './exitCodes.ts';
import { targetChoice } from './targetChoice.ts';
import type { World } from './world.ts';

interface SweepFlags {
  readonly endpoint?: string;
}

export function defineSweep(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('sweep')
    .summary('remove what killed runs left on a target')
    .description(
      'Removes what killed runs left, as their journals in .conformance list it. Runs that still go on are passed over.',
    )
    .option('--endpoint <url>', 'only what was left there')
    .action(async (flags: SweepFlags) => {
      targetChoice(flags, world);
      const { sweep } = await import('../adapters/aws/sweep.ts');
      const swept = await sweep(flags.endpoint === undefined ? {} : { endpoint: flags.endpoint });
      const { stdout } = world;
      if (swept.length === 0) stdout.write('There is nothing to remove.\n');
      let hasFailed = false;
      for (const { journal, removed, failed, isRunning } of swept) {
        if (isRunning) stdout.write(`${journal}: its run still goes on, nothing was touched.\n`);
        else stdout.write(`${journal}: ${counted(removed, 'resource')} removed.\n`);
        for (const reason of failed) {
          hasFailed = true;
          world.stderr.write(`${journal}: could not be removed: ${reason}\n`);
        }
      }
      done(hasFailed ? EXIT.failed : EXIT.ok);
    });
}
