import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { simulate } from '../adapters/memory/index.ts';
import { isSuccess, OPERATIONS, OUTCOMES, scenarioSchema } from '../engine/scenario.ts';
import { examplesOf, keyTables, withTimelines } from './scenarioPage.ts';

const page = readFileSync(join(import.meta.dirname, 'scenarios.md'), 'utf8');
const examples = examplesOf(page);

/** As much of a JSON schema as the scenario's has. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** All objects with keys of their own, by their path as the page writes it. */
function* objectsIn(schema: Schema, path: string): Generator<[path: string, Schema]> {
  for (const one of schema.oneOf ?? []) yield* objectsIn(one, `${path}: ${one.properties?.['do']?.const}`);
  for (const one of schema.anyOf ?? []) yield* objectsIn(one, path);
  if (schema.items !== undefined) yield* objectsIn(schema.items, `${path}[]`);
  if (schema.properties === undefined) return;
  yield [path === '' ? 'the scenario' : path, schema];
  for (const [key, value] of Object.entries(schema.properties)) {
    yield* objectsIn(value, pathOf(path, key));
  }
}

/** A plan is told by itself, not under what it belongs to: that of an event, and that of a record. */
function pathOf(path: string, key: string): string {
  if (key === 'finalPlan' || (key === 'plan' && path.endsWith('.records[]'))) return 'record plan';
  return path === '' || key === 'plan' ? key : `${path}.${key}`;
}

const objects = [...new Map(objectsIn(z.toJSONSchema(scenarioSchema, { io: 'input' }) as Schema, ''))];
const tables = keyTables(page);

/** The numbers of a text, `21,600` and `-1` included. */
const numbersIn = (text: string) =>
  [...text.matchAll(/-?\d[\d,]*/g)].map(([digits]) => Number(digits.replaceAll(',', '')));

/** What stands in code marks. */
const codesIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

const boundsOf = ({ minimum, maximum, maxLength }: Schema): number[] =>
  [minimum, maximum, maxLength].filter(
    (bound) => bound !== undefined && bound < Number.MAX_SAFE_INTEGER,
  ) as number[];

test('the schema is walked to its ends', () => {
  expect(objects.map(([path]) => path)).toEqual(
    expect.arrayContaining([
      'functions[].aliases[].additional',
      'steps[]: remove',
      'plan[]',
      'record plan[]',
      'buckets[]',
    ]),
  );
});

describe.each(objects)('the table of %s', (path, { properties = {}, required = [] }) => {
  const rows = tables.get(path) ?? [];

  test('has each key of the schema, and no other', () => {
    expect(rows.map(({ key }) => key).sort()).toEqual(Object.keys(properties).sort());
  });

  test.each(rows)(
    'tells what $key may be, and what it is where it is left out',
    ({ key, value, standard }) => {
      const schema = properties[key] ?? {};
      const isRequired = required.includes(key);
      expect(standard === 'required').toBe(isRequired);
      if (!isRequired && schema.default !== undefined)
        expect(standard.replaceAll('`', '')).toBe(JSON.stringify(schema.default));
      if (schema.const !== undefined) expect(codesIn(value)).toEqual([JSON.stringify(schema.const)]);
      else expect(numbersIn(value.replaceAll(/`[^`]+`/g, ''))).toEqual(boundsOf(schema));
      if (schema.pattern !== undefined) {
        const word = schema.pattern.startsWith('^(queue')
          ? 'a reference'
          : key === 'event' || key === 'record'
            ? 'an id'
            : 'a name';
        expect(value).toBe(word);
      }
      // Outcomes and operations are listed apart.
      if (schema.enum !== undefined && !['do', 'operation'].includes(key))
        expect(codesIn(value)).toEqual(schema.enum.map((one) => JSON.stringify(one)));
      expect(value.includes('one or more')).toBe((schema.minItems ?? 0) > 0);
    },
  );
});

test('each outcome has a row, and counts as Lambda counts it', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| a (success|failure) \|$/gm)];
  expect(rows.map(([, outcome, counts]) => [outcome, counts])).toEqual(
    OUTCOMES.map((outcome) => [outcome, isSuccess(outcome) ? 'success' : 'failure']),
  );
});

test('each operation has an example, which the model accepts', () => {
  const example = examples.find(({ steps }) => steps.every((step) => step.do === 'request'));
  const asked = example?.steps.map((step) => (step.do === 'request' ? step.operation : ''));
  expect(asked).toEqual([...OPERATIONS]);
  const entries = example === undefined ? [] : simulate(example, 1).entries;
  expect(entries.filter(({ kind }) => kind === 'rejected')).toEqual([]);
  expect(entries.filter(({ kind }) => kind === 'answered')).toHaveLength(OPERATIONS.length);
});

test('of the two fillers one fits', () => {
  const example = examples.find(({ steps }) =>
    steps.some((step) => 'event' in step && step.event === 'fits'),
  );
  const entries = example === undefined ? [] : simulate(example, 1).entries;
  expect(entries.find(({ kind }) => kind === 'answered')).toMatchObject({ status: 200, payload: 'thanks' });
  expect(entries.find(({ kind }) => kind === 'rejected')).toMatchObject({ status: 413 });
});

test('the timelines are what the model does (else: npm run docs)', () => {
  expect(page.match(/^```timeline$/gm)).toHaveLength(5);
  expect(page).toBe(withTimelines(page));
});
