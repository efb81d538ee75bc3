/** How far a campaign is: one line that is written anew on a terminal, a plain line now and then elsewhere. */
import type { RunLine } from '../engine/runFile.ts';
import { counted, duration, grouped } from '../reports/sentences.ts';
import type { Output } from './world.ts';

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 15_000;
const CLEAR_LINE = '\r\x1b[K';

export interface ProgressOptions {
  readonly output: Output;
  /** Scenarios that this run takes; null: as many as the time allows. */
  readonly scenarios: number | null;
  readonly timeSeconds?: number;
  readonly nowMs?: () => number;
}

export class Progress {
  private readonly options: ProgressOptions;
  private readonly nowMs: () => number;
  private readonly startedMs: number;
  private toldMs: number;
  private scenarios = 0;
  private readonly broken = new Set<string>();
  private readonly explained = new Set<string>();
  private hasLine = false;

  constructor(options: ProgressOptions) {
    this.options = options;
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.startedMs = this.nowMs();
    this.toldMs = this.startedMs;
  }

  /** Something is being done that has no number: starting an emulator. */
  say(text: string): void {
    const { output } = this.options;
    if (output.isTTY !== true) {
      output.write(`${text}\n`);
      return;
    }
    output.write(CLEAR_LINE + text);
    this.hasLine = true;
  }

  /** Takes a line of the run file as it comes. */
  take(line: RunLine): void {
    if (line.line === 'chunk') {
      this.scenarios += line.scenarios;
      for (const rule of Object.keys(line.firstBroken)) this.broken.add(rule);
    }
    if (line.line === 'counterexample') this.explained.add(line.rule);
    const now = this.nowMs();
    const isTerminal = this.options.output.isTTY === true;
    if (now - this.toldMs < (isTerminal ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.toldMs = now;
    this.say(this.text((now - this.startedMs) / 1_000));
  }

  /** Takes the line away. */
  end(): void {
    if (this.hasLine) this.options.output.write(CLEAR_LINE);
    this.hasLine = false;
  }

  private text(elapsedSeconds: number): string {
    const { scenarios, timeSeconds } = this.options;
    const of = scenarios === null ? '' : ` of ${grouped(scenarios)}`;
    const time =
      timeSeconds === undefined
        ? duration(elapsedSeconds)
        : `${duration(elapsedSeconds)} of ${duration(timeSeconds)}`;
    const broken = this.broken.size === 0 ? '' : `, ${counted(this.broken.size, 'rule')} broken`;
    const isShrinking = this.broken.size > 0 && (this.explained.size > 0 || this.scenarios === scenarios);
    const shrinking = isShrinking ? `; smallest scenarios found: ${this.explained.size}` : '';
    return `${grouped(this.scenarios)}${of} scenarios, ${time}${broken}${shrinking}`;
  }
}
