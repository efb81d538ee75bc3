/** Ctrl-C: once finishes what is under way, twice stops at once. */
import { EXIT } from './exitCodes.ts';
import type { Output } from './world.ts';

export interface Interrupts {
  /** Aborted by the first: begin nothing more, and come to an end. */
  readonly finishing: AbortSignal;
  /** Aborted by the second, just before the process ends. */
  readonly stopping: AbortSignal;
  /** No longer watch. */
  dispose(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Watches for Ctrl-C, and for the same asked politely by another process. */
export function watchInterrupts(stderr: Output): Interrupts {
  const finishing = new AbortController();
  const stopping = new AbortController();
  const onSignal = () => {
    if (!finishing.signal.aborted) {
      stderr.write('\nFinishing what is under way; once more stops at once.\n');
      finishing.abort();
      return;
    }
    stopping.abort();
    stderr.write(
      '\nStopped: --resume goes on with the run, `lambda-conformance sweep` removes what it left on the target.\n',
    );
    process.exit(EXIT.stopped);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    finishing: finishing.signal,
    stopping: stopping.signal,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
