import type { Source } from '../engine/rule.ts';
import type { InvokeStep } from '../engine/scenario.ts';
import type { SendStep } from '../engine/sourceSpec.ts';
import type { Configuration } from './configuration.ts';

/** What the handler is taken to need, where nobody knows better. */
export interface Expected {
  /** Seconds the handler works on one record. */
  readonly recordSeconds: number;
  /** Messages, records or events to simulate. */
  readonly count: number;
}

/** How to show what a finding means. */
export interface Trial {
  /** The situation, in a few words: `10,000 messages in ten seconds, 1 in 100 of which always fails`. */
  readonly says: string;
  /** As it is configured, and as it is advised. What both need in addition is in both. */
  readonly without: Configuration;
  readonly with: Configuration;
  /** What is sent; a smaller batch is worked on in less time. */
  readonly steps: (configuration: Configuration) => readonly (SendStep | InvokeStep)[];
}

/** One point on which a configuration is against AWS's advice. */
export interface Finding {
  /** A name for machines: `reserve-for-pollers`. */
  readonly advice: string;
  /** `mapping m`, `function f`, … */
  readonly about: string;
  /** What is configured, and what AWS says, in one sentence. */
  readonly says: string;
  /** What to do, in one sentence. */
  readonly change: string;
  readonly source: Source;
  /** Absent where there is nothing to simulate. */
  readonly trial?: Trial;
}

/** Looks at a configuration for one kind of finding. */
export type Adviser = (configuration: Configuration, expected: Expected) => Iterable<Finding>;
