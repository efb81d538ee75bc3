/** One process at a time installs something. */
import { lock } from 'proper-lockfile';
import { TargetError } from '../../engine/target.ts';

/** Of a lock that was not renewed for so long whoever took it is dead: it renews it four times as often. */
const STALE_MS = 60_000;
/** Whoever waits looks again after so long. */
const LOOK_MS = 500;

/** What is held while something is installed. */
export interface Held {
  /** @throws TargetError where it is no longer held */
  check(): void;
  release(): Promise<void>;
}

/** Takes the lock beside a folder as soon as nobody else has it; that it has to wait is told once. */
export async function locked(home: string, name: string): Promise<Held> {
  let lost: Error | undefined;
  const options = {
    stale: STALE_MS,
    update: STALE_MS / 4,
    // The folder need not be there.
    realpath: false,
    onCompromised: (error: Error) => {
      lost = error;
    },
  };
  const release = await lock(home, options).catch((error: unknown) => {
    if (!isTaken(error)) throw error;
    process.stderr.write(`${name} is being installed by another run: waiting for it.\n`);
    return lock(home, {
      ...options,
      retries: { forever: true, factor: 1, minTimeout: LOOK_MS, maxTimeout: LOOK_MS },
    });
  });
  return {
    check: () => {
      if (lost === undefined) return;
      throw new TargetError(
        `${name} was installed by another run meanwhile, for this one stood still too long (${lost.message}): run it again.`,
      );
    },
    // What is no longer held cannot be given back.
    release: () => (lost === undefined ? release() : Promise.resolve()),
  };
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ELOCKED';
