/**
 * Filter patterns of event source mappings. AWS, invocation-eventfiltering.html: a record is delivered where it matches
 * at least one of the patterns. Texts match exactly, plain numbers by how they are written (300, 300.0 and 3.0e2
 * differ), `exists` speaks of leaves only.
 *
 * Packages that match such patterns were looked for: those on npm follow EventBridge's later operators, compare
 * numbers by value, or are no longer kept; hence this file.
 */
import type { Json } from './json.ts';
import { recurring } from './recurring.ts';
import type { SourceKind } from './sourceSpec.ts';

/** A number as it was written. */
class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON in which numbers have kept their text. */
type Written =
  | null
  | boolean
  | string
  | WrittenNumber
  | readonly Written[]
  | { readonly [key: string]: Written };

/** What a pattern is held against. */
export type FilterDocument = { readonly [key: string]: Written };

/** One condition on a leaf. */
type Condition = (value: Written | undefined) => boolean;

type Node =
  | { readonly kind: 'leaf'; readonly key: string; readonly anyOf: readonly Condition[] }
  | { readonly kind: 'inner'; readonly key: string; readonly all: readonly Node[] }
  | { readonly kind: 'or'; readonly anyOf: readonly (readonly Node[])[] };

/** A pattern that AWS would take. */
export interface Filter {
  readonly all: readonly Node[];
}

/** That the text writes no pattern: thrown and caught in here only. */
class NoPattern extends Error {}

const isObject = (value: Written | undefined): value is { readonly [key: string]: Written } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber);

const isList = (value: Written | undefined): value is readonly Written[] => Array.isArray(value);

/** `JSON.parse` tells its reviver how a number was written, in all versions of Node that this runs on. */
type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

const keepNumbers: Reviver = (_key, value, { source }) =>
  typeof value === 'number' ? new WrittenNumber(source ?? String(value)) : value;

function parsed(text: string): Written | undefined {
  try {
    return JSON.parse(text, keepNumbers as (key: string, value: unknown) => unknown) as Written;
  } catch {
    return undefined;
  }
}

/** The pattern that a text writes; undefined where AWS would refuse it. */
export function filterOf(patternText: string): Filter | undefined {
  let filter = known.get(patternText);
  if (filter !== undefined) return filter === NONE ? undefined : filter;
  const value = parsed(patternText);
  try {
    filter = isObject(value) ? { all: nodesOf(value) } : NONE;
  } catch (error) {
    if (!(error instanceof NoPattern)) throw error;
    filter = NONE;
  }
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(patternText, filter);
  return filter === NONE ? undefined : filter;
}

/** The same few patterns are held against all records of a mapping. */
const known = new Map<string, Filter>();
const MOST_KNOWN = 4_096;
const NONE: Filter = { all: [] };

function nodesOf(pattern: { readonly [key: string]: Written }): Node[] {
  return Object.entries(pattern).map(([key, value]): Node => {
    if (key === '$or') {
      if (!isList(value) || value.length < 2 || !value.every(isObject)) throw new NoPattern();
      return { kind: 'or', anyOf: value.map(nodesOf) };
    }
    if (isList(value)) {
      if (value.length === 0) throw new NoPattern();
      return { kind: 'leaf', key, anyOf: value.map(conditionOf) };
    }
    if (!isObject(value) || Object.keys(value).length === 0) throw new NoPattern();
    return { kind: 'inner', key, all: nodesOf(value) };
  });
}

function conditionOf(condition: Written): Condition {
  if (isList(condition)) throw new NoPattern();
  if (!isObject(condition)) return (value) => isSame(value, condition);
  const [[operator, operand] = ['', null], ...others] = Object.entries(condition);
  const make = OPERATORS[operator];
  if (make === undefined || others.length > 0) throw new NoPattern();
  return make(operand);
}

const OPERATORS: Readonly<Record<string, (operand: Written) => Condition>> = {
  'equals-ignore-case': (operand) => {
    const wanted = textOf(operand).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
  },
  prefix: (operand) => {
    const wanted = textOf(operand);
    return (value) => typeof value === 'string' && value.startsWith(wanted);
  },
  suffix: (operand) => {
    const wanted = textOf(operand);
    return (value) => typeof value === 'string' && value.endsWith(wanted);
  },
  exists: (operand) => {
    if (typeof operand !== 'boolean') throw new NoPattern();
    return operand ? (value) => value !== undefined && !isObject(value) : (value) => value === undefined;
  },
  'anything-but': (operand) => {
    const unwanted = isList(operand) ? operand : [operand];
    if (unwanted.length === 0 || unwanted.some((one) => isList(one) || isObject(one))) throw new NoPattern();
    return (value) => value !== undefined && !isObject(value) && !unwanted.some((one) => isSame(value, one));
  },
  numeric: numericCondition,
};

function textOf(operand: Written): string {
  if (typeof operand !== 'string') throw new NoPattern();
  return operand;
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 300]`, `[">", 10, "<=", 20]`: here numbers are compared by value. */
function numericCondition(operand: Written): Condition {
  if (!isList(operand) || (operand.length !== 2 && operand.length !== 4)) throw new NoPattern();
  const bounds: { readonly holds: (value: number, bound: number) => boolean; readonly bound: number }[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const holds = COMPARISONS[String(operand[at])];
    const bound = operand[at + 1];
    if (holds === undefined || !(bound instanceof WrittenNumber)) throw new NoPattern();
    bounds.push({ holds, bound: Number(bound.text) });
  }
  return (value) =>
    value instanceof WrittenNumber && bounds.every(({ holds, bound }) => holds(Number(value.text), bound));
}

function isSame(value: Written | undefined, wanted: Written): boolean {
  if (wanted instanceof WrittenNumber) return value instanceof WrittenNumber && value.text === wanted.text;
  return value === wanted;
}

/** Whether the pattern lets the document through. */
export function isMatch({ all }: Filter, document: FilterDocument): boolean {
  // AWS, with-sqs-filtering.html: text where the pattern wants JSON is dropped, whatever the pattern says of it.
  for (const node of all) if (node.kind === 'inner' && typeof document[node.key] === 'string') return false;
  return allHold(all, document);
}

function allHold(all: readonly Node[], document: Written | undefined): boolean {
  for (const node of all) if (!holds(node, document)) return false;
  return true;
}

function holds(node: Node, document: Written | undefined): boolean {
  if (node.kind === 'or') return node.anyOf.some((all) => allHold(all, document));
  const value = isObject(document) && Object.hasOwn(document, node.key) ? document[node.key] : undefined;
  if (node.kind === 'inner') {
    // Of a list any element will do.
    return isList(value) ? value.some((item) => allHold(node.all, item)) : allHold(node.all, value);
  }
  for (const condition of node.anyOf) {
    if (isList(value)) {
      if (value.length === 0 ? condition(undefined) : value.some(condition)) return true;
    } else if (condition(value)) return true;
  }
  return false;
}

/** Whether at least one of the patterns lets the document through; without patterns all do. */
export function matchesAny(patternTexts: readonly string[], document: FilterDocument): boolean {
  if (patternTexts.length === 0) return true;
  for (const text of patternTexts) {
    const filter = filterOf(text);
    if (filter !== undefined && isMatch(filter, document)) return true;
  }
  return false;
}

/** Under which key a source's data is filtered. AWS, invocation-eventfiltering.html. */
const DATA_KEY: Readonly<Record<Exclude<SourceKind, 'dynamodb'>, string>> = {
  sqs: 'body',
  kinesis: 'data',
  kafka: 'value',
  mq: 'data',
};

/** What a pattern is held against for a record whose data is `text`: as JSON where it is an object, else as text. */
export const documentOf = (kind: Exclude<SourceKind, 'dynamodb'>, text: string): FilterDocument => ({
  [DATA_KEY[kind]]: dataOf(text),
});

const dataOf = recurring((text: string): Written => {
  const first = text.trimStart()[0];
  return first === '{' || first === '[' ? (parsed(text) ?? text) : text;
});

/** The same for a change of a table's item: `eventName` and `dynamodb` as in its stream record. */
export const changeDocument = (eventName: string, dynamodb: Json): FilterDocument => ({
  eventName,
  dynamodb: parsed(JSON.stringify(dynamodb)) ?? null,
});
