/** The virtual clock: what is due, in order of time, and of its scheduling where times are equal. */
import TinyQueue from 'tinyqueue';
import type { Happening, Subjects } from './happening.ts';

const sooner = (a: Happening, b: Happening): number => a.at - b.at || a.order - b.order;

export class Clock {
  /** Milliseconds since the scenario began: whole numbers, so that times print short and compare exactly. */
  now = 0;
  private scheduled = 0;
  private readonly queue = new TinyQueue<Happening>([], sooner);

  /** Lets `what` happen to `subject` in so many milliseconds. */
  in<What extends keyof Subjects>(milliseconds: number, what: What, subject: Subjects[What]): void {
    const at = this.now + Math.max(0, Math.round(milliseconds));
    this.queue.push({ at, order: this.scheduled++, what, subject } as Happening);
  }

  /** The next thing that happens, with the clock set to its time; undefined when nothing can happen any more. */
  next(): Happening | undefined {
    const next = this.queue.pop();
    if (next !== undefined) this.now = next.at;
    return next;
  }
}

/** Milliseconds of the clock as seconds of a history. */
export const secondsOf = (milliseconds: number): number => milliseconds / 1_000;
