/** A control-plane request's draft with its function's name. */
import type { Json } from '../engine/json.ts';
import type { FunctionSpec, RequestStep } from '../engine/scenario.ts';
import { type RequestDraft, SELF, type Template } from './requestStep.ts';
import type { Resources } from './resources.ts';

export function requestStep(
  [, atSeconds, functionIndex, template]: RequestDraft,
  functions: readonly FunctionSpec[],
  resources: Resources,
): RequestStep {
  const name = functions[functionIndex % functions.length]?.name ?? 'f';
  const prepared = preparedOf(template);
  for (const ref of prepared.refs) resources.use(ref);
  let input = prepared.inputs.get(name);
  if (input === undefined) {
    input = inputFor(template, name);
    prepared.inputs.set(name, input);
  }
  return { atSeconds, do: 'request', operation: template.operation, input };
}

interface Prepared {
  readonly refs: readonly string[];
  readonly inputs: Map<string, Record<string, Json>>;
}

/** What became of the templates, which are few: drawn often, made once. */
const known = new WeakMap<Template, Prepared>();

function preparedOf(template: Template): Prepared {
  let prepared = known.get(template);
  if (prepared === undefined) {
    prepared = { refs: refsIn(template.input), inputs: new Map() };
    known.set(template, prepared);
  }
  return prepared;
}

/** A template may name another function, or one that cannot exist. */
function inputFor(template: Template, name: string): Record<string, Json> {
  const text = JSON.stringify({ FunctionName: name, ...template.input });
  return JSON.parse(text.replaceAll(SELF, `function:${name}`)) as Record<string, Json>;
}

/** The template that gives `input` for the function `name`. */
export function templateOf(step: RequestStep, name: string): Template {
  const { FunctionName, ...rest } = step.input;
  const input = FunctionName === name ? rest : step.input;
  const text = JSON.stringify(input)
    .replaceAll(`"function:${name}"`, `"${SELF}"`)
    .replaceAll(`"function:${name}:1"`, `"${SELF}:1"`);
  return { operation: step.operation, input: JSON.parse(text) as Template['input'] };
}

/** The resources that an input mentions: what is written `queue:failed` is one. */
export function refsIn(input: Json): string[] {
  return [...JSON.stringify(input).matchAll(/"((?:queue|topic|bus|bucket):[a-z][a-z0-9-]{0,30})"/g)].map(
    ([, ref = '']) => ref,
  );
}
