/** Collects what is seen, through a tamper where there is one. */
import type { Entry } from '../../engine/history.ts';
import type { Tamper } from './mutant.ts';

export class Recorder {
  readonly entries: Entry[] = [];
  private readonly tamper: Tamper | undefined;

  constructor(tamper: Tamper | undefined) {
    this.tamper = tamper;
  }

  push(entry: Entry): void {
    if (this.tamper === undefined) {
      this.entries.push(entry);
      return;
    }
    const shown = this.tamper(entry);
    if (shown === null) return;
    if (Array.isArray(shown)) this.entries.push(...(shown as readonly Entry[]));
    else this.entries.push(shown as Entry);
  }

  /** All entries in order of time, `closed` last: a tamper may have moved some. */
  finish(): readonly Entry[] {
    if (this.tamper === undefined) return this.entries;
    const closed = this.entries.filter((entry) => entry.kind === 'closed');
    const others = this.entries.filter((entry) => entry.kind !== 'closed');
    others.sort((a, b) => a.at - b.at);
    const last = others.at(-1)?.at ?? 0;
    return [...others, ...closed.map((entry) => (entry.at < last ? { ...entry, at: last } : entry))];
  }
}
