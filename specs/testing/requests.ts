/**
 * Histories of control-plane requests for the tests of rules, one line a request:
 *
 *   requests({}, ['PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 }, 200])
 *
 * The last part is the answer: a status, an output with it (`{ status, output }`), a refusal as text
 * (`'400 ValidationException: too many'`), or nothing where no answer was seen. A fourth part is the time of the
 * request in seconds; else a minute passes between one and the next, so that each has settled.
 */
import type { Entry } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import type { FunctionSpec, Operation, Scenario, Step } from '../../engine/scenario.ts';
import { AWS_TOLERANCES, type Tolerances } from '../../engine/tolerances.ts';
import type { View } from '../../engine/view.ts';
import { viewOf } from '../../engine/viewOf.ts';

export type Answer = number | string | { readonly status: number; readonly output: Json } | undefined;

export type RequestLine = readonly [
  operation: Operation,
  input: Readonly<Record<string, Json>>,
  answer: Answer,
  atSeconds?: number,
];

/** What is declared besides the function `f`. */
export interface Declared {
  readonly function?: Partial<FunctionSpec>;
  readonly scenario?: Partial<Scenario>;
  readonly tolerances?: Partial<Tolerances>;
}

/** Seconds between a request and its answer. */
const ANSWERED_AFTER = 0.05;

export function requests(declared: Declared, ...lines: readonly RequestLine[]): View {
  const entries: Entry[] = [];
  const steps: Step[] = [];
  for (const [operation, input, answer, atSeconds = 60 * steps.length] of lines) {
    const call = `c${steps.length}`;
    entries.push({ kind: 'requested', at: atSeconds, call, step: steps.length });
    const answered = answerOf(call, atSeconds + ANSWERED_AFTER, answer);
    if (answered !== undefined) entries.push(answered);
    // A mapping that is made is called `made`.
    const made = operation === 'CreateEventSourceMapping' ? { mapping: 'made' } : {};
    steps.push({ atSeconds, do: 'request', operation, input: { ...input }, ...made });
  }
  const last = entries.at(-1)?.at ?? 0;
  entries.push({ kind: 'closed', at: last, isComplete: true });
  const f: FunctionSpec = { name: 'f', timeoutSeconds: 3, ...declared.function };
  const scenario: Scenario = {
    scenario: 1,
    functions: [f],
    ...declared.scenario,
    steps: [...steps, ...(declared.scenario?.steps ?? [])],
  };
  return viewOf({ scenario, entries }, { ...AWS_TOLERANCES, ...declared.tolerances });
}

function answerOf(call: string, at: number, answer: Answer): Entry | undefined {
  switch (typeof answer) {
    case 'undefined':
      return undefined;
    case 'number':
      return { kind: 'answered', at, call, status: answer };
    case 'object':
      return { kind: 'answered', at, call, ...answer };
    case 'string': {
      const [head = '', message = ''] = answer.split(': ', 2);
      const [status = '400', error = ''] = head.split(' ');
      return { kind: 'rejected', at, call, status: Number(status), error, message };
    }
  }
}
