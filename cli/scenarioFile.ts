/** Reading a file that holds a scenario: alone, with its history, or as a counterexample. */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { type Configuration, completed } from '../advice/configuration.ts';
import type { Entry } from '../engine/history.ts';
import { SCENARIO_VERSION, type Scenario, scenarioSchema } from '../engine/scenario.ts';
import {
  COUNTEREXAMPLE_VERSION,
  type CounterexampleFile,
  counterexampleFileSchema,
  entriesSchema,
} from '../reports/counterexampleFile.ts';
import { issuesOf } from './issue.ts';
import { fileTrouble, UsageError } from './usageError.ts';

export interface ScenarioFile {
  readonly scenario: Scenario;
  /** What was observed of it, where the file says. */
  readonly entries?: readonly Entry[];
  /** Where the file is a counterexample. */
  readonly counterexample?: CounterexampleFile;
}

const LARGEST_BYTES = 16 * 1_024 * 1_024;
const historySchema = z.strictObject({ scenario: scenarioSchema, entries: entriesSchema });

/** @throws UsageError telling what the file is instead, and what to do */
export function readScenarioFile(path: string): ScenarioFile {
  const value = readJson(path);
  if (!isRecord(value))
    throw new UsageError(`${path} is JSON, but no scenario: that is an object like {"scenario": 1, …}.`);
  if ('counterexample' in value) {
    requireVersion(path, 'counterexample', value['counterexample'], COUNTEREXAMPLE_VERSION);
    requireScenarioVersion(path, value['scenario']);
    const counterexample = checked(path, counterexampleFileSchema, value);
    const { scenario, entries } = counterexample;
    return { scenario, entries, counterexample };
  }
  if ('entries' in value) {
    requireScenarioVersion(path, value['scenario']);
    return checked(path, historySchema, value);
  }
  if (!('scenario' in value)) {
    throw new UsageError(
      `${path} is JSON, but no scenario: it has no "scenario": ${SCENARIO_VERSION} at its beginning.`,
    );
  }
  requireVersion(path, 'scenario', value['scenario'], SCENARIO_VERSION);
  return { scenario: checked(path, scenarioSchema, value) };
}

/**
 * The configuration in a file: what a scenario declares. Steps, where there are any, do not count.
 * @throws UsageError telling what the file is instead, and what to do
 */
export function readConfigurationFile(path: string): Configuration {
  const value = readJson(path);
  if (!isRecord(value))
    throw new UsageError(
      `${path} is JSON, but no configuration: that is an object like {"functions": […], …}.`,
    );
  requireScenarioVersion(path, value);
  const { steps: _, ...configuration } = checked(path, scenarioSchema, completed(value));
  return configuration;
}

function readJson(path: string): unknown {
  const text = readSmall(path);
  if (text.startsWith('{"line":"header"')) {
    throw new UsageError(
      `${path} is a run file: \`lambda-conformance report ${path}\` tells it, and saves each counterexample as a file.`,
    );
  }
  if (text.trim() === '') throw new UsageError(`${path} is empty: give a file with a scenario.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON (${jsonTrouble(error, text)}): give a file with a scenario.`);
  }
}

/** Why a text is not JSON, without the text itself: it may be anything, and of any length. */
function jsonTrouble(error: unknown, text: string): string {
  // What is no UTF-8 was read as U+FFFD.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\0-\x08\x0E-\x1F\uFFFD]/.test(text.slice(0, LOOKED_AT))) return 'it is no text';
  const message = error instanceof Error ? error.message : String(error);
  if (/ end of |Unterminated/.test(message) || message.includes(`position ${text.length} `)) {
    return 'it seems to be cut off';
  }
  const [place] = /line \d+ column \d+/.exec(message) ?? [];
  if (place !== undefined) return `the mistake is at ${place}`;
  const [token] = /^Unexpected token '[!-~]'/.exec(message) ?? [];
  return token === undefined ? 'it begins with something else' : token.replace('U', 'u');
}

const LOOKED_AT = 4_096;

function readSmall(path: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new UsageError(`${path} is no file: give one with a scenario.`);
    if (stat.size > LARGEST_BYTES) {
      const megabytes = Math.round(stat.size / 1_024 / 1_024);
      throw new UsageError(
        `${path} has ${megabytes} MB, and a scenario at most 16: if it is a run file, \`lambda-conformance report\` reads it.`,
      );
    }
    // Editors of some systems begin a text with a byte order mark, which is no JSON.
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read: ${fileTrouble(error)}.`);
  }
}

function requireScenarioVersion(path: string, scenario: unknown): void {
  if (isRecord(scenario)) requireVersion(path, 'scenario', scenario['scenario'], SCENARIO_VERSION);
}

function requireVersion(path: string, what: string, version: unknown, ours: number): void {
  if (typeof version !== 'number' || version <= ours) return;
  throw new UsageError(
    `${path} is a ${what} of version ${version}, and this lambda-conformance reads ${ours}: install a newer one.`,
  );
}

function checked<T>(path: string, schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new UsageError(`${path} is no valid scenario:${issuesOf(error, schema, value)}`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
