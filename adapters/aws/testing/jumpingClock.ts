import { onTestFinished, vi } from 'vitest';

/** Lets the clock by which waits are measured jump ahead, until the test ends. Returns what lets it jump, by seconds. */
export function jumpingClock(): (seconds: number) => void {
  const now = performance.now.bind(performance);
  let aheadMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs);
  onTestFinished(() => clock.mockRestore());
  return (seconds) => {
    aheadMs += seconds * 1_000;
  };
}
