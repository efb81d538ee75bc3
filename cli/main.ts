/** The command: words in, exit code out. Whatever goes wrong is told in one sentence on stderr. */
import { CommanderError } from 'commander';
import { ScenarioError, TargetError } from '../engine/target.ts';
import { suiteVersion } from '../library/suite.ts';
import { EXIT } from './exitCodes.ts';
import { helpAsFlag, makeProgram } from './program.ts';
import { refusedByDisk, UsageError } from './usageError.ts';
import { welcome } from './welcome.ts';
import { realWorld, type World } from './world.ts';

/** How long what is still open may hold the process after the work is done. */
const LINGER_MS = 3_000;

/** Runs the command with these words (without `node` and the script) and returns its exit code. */
export async function main(words: readonly string[], world: World = realWorld): Promise<number> {
  if (world === realWorld) guardProcess(world);
  let code: number = EXIT.ok;
  try {
    if (words.length === 0) {
      world.stdout.write(welcome(suiteVersion()));
      return EXIT.ok;
    }
    const program = makeProgram(world, (result) => {
      code = result;
    });
    await program.parseAsync(helpAsFlag(program, words), { from: 'user' });
  } catch (error) {
    code = told(error, world);
  }
  if (world === realWorld) setTimeout(() => process.exit(code), LINGER_MS).unref();
  return code;
}

/** Tells the user what went wrong, and returns the exit code for it. */
function told(error: unknown, { stderr, env }: World): number {
  if (error instanceof CommanderError) {
    // Help and the version are asked for; of anything else commander has told by itself.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (error instanceof UsageError || error instanceof TargetError || error instanceof ScenarioError) {
    stderr.write(`${error.message}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
  const refused = refusedByDisk(error);
  if (refused !== undefined) {
    stderr.write(`${refused}\n`);
    return EXIT.failed;
  }
  const message = error instanceof Error ? error.message : String(error);
  stderr.write(
    `lambda-conformance itself failed: ${message.replace(/\.$/, '')}. Please report it, with the command line and the seed; with LAMBDA_CONFORMANCE_DEBUG=1 it tells where.\n`,
  );
  if (env['LAMBDA_CONFORMANCE_DEBUG'] === '1' && error instanceof Error) stderr.write(`${error.stack}\n`);
  return EXIT.failed;
}

/** What happens beside the command's own flow ends it as well, and with a sentence. */
function guardProcess(world: World): void {
  const end = (error: unknown) => process.exit(told(error, world));
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
  // Whoever reads no further (`| head`) has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') end(error);
    process.exit(EXIT.ok);
  });
}
