/** Reading a file that holds a scenario: alone, with its history, or as a counterexample. */
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
import { isRecord, readJsonFile, requireVersion } from './jsonFile.ts';
import { UsageError } from './usageError.ts';

export interface ScenarioFile {
  readonly scenario: Scenario;
  /** What was observed of it, where the file says. */
  readonly entries?: readonly Entry[];
  /** Where the file is a counterexample. */
  readonly counterexample?: CounterexampleFile;
}

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

const readJson = (path: string): unknown =>
  readJsonFile(
    path,
    'a scenario',
    (run) => `\`lambda-conformance report ${run}\` tells it, and saves each counterexample as a file.`,
  ).value;

function requireScenarioVersion(path: string, scenario: unknown): void {
  if (isRecord(scenario)) requireVersion(path, 'scenario', scenario['scenario'], SCENARIO_VERSION);
}

function checked<T>(path: string, schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new UsageError(`${path} is no valid scenario:${issuesOf(error, schema, value)}`);
}
