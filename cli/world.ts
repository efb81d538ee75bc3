/** What the command touches outside itself, so that tests can put something else in its place. */
import { openTarget, type TargetChoice, targetNames } from '../adapters/index.ts';
import type { Capability } from '../engine/capabilities.ts';
import type { Plan } from '../engine/plan.ts';
import type { ScenarioSource } from '../engine/source.ts';
import type { Target } from '../engine/target.ts';
import type { PlanRequest } from '../library/planning.ts';
import { type Colours, coloursFor } from '../reports/colours.ts';
import type { Group } from '../reports/summary.ts';

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface SourceRequest {
  readonly seed: number;
  readonly capabilities: ReadonlySet<Capability>;
  readonly isRealTime: boolean;
}

export interface World {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The day, in UTC: `2026-11-24`. */
  today(): string;
  targetNames(): readonly string[];
  openTarget(choice: TargetChoice): Promise<Target>;
  groups(): Promise<readonly Group[]>;
  source(request: SourceRequest): Promise<ScenarioSource>;
  plan(request: PlanRequest): Promise<Plan>;
}

/** The real world. What takes long to load is loaded when it is asked for: help must not wait for the catalogue. */
export const realWorld: World = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  today: () => new Date().toISOString().slice(0, 'YYYY-MM-DD'.length),
  targetNames,
  openTarget,
  groups: async () => (await import('../specs/catalogue.ts')).catalogue,
  source: async (request) => (await import('../generators/source.ts')).scenarioSource(request),
  plan: async (request) => (await import('../library/planning.ts')).planFor(request),
};

const COLUMNS = { least: 60, default: 80, most: 100 };

/** How wide to write: 80 columns where nobody says, and no wider than is easy to read. */
export const columnsOf = ({ columns }: Output): number =>
  Math.min(COLUMNS.most, Math.max(COLUMNS.least, columns ?? COLUMNS.default));

/** Colours, for a terminal that has not been told otherwise (https://no-color.org). */
export function coloursOf({ isTTY }: Output, env: World['env']): Colours {
  if ((env['NO_COLOR'] ?? '') !== '') return coloursFor(false);
  const isForced = !['', '0', 'false'].includes(env['FORCE_COLOR'] ?? '');
  return coloursFor(isForced || (isTTY === true && env['TERM'] !== 'dumb'));
}
