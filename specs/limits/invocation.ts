/** AWS, API_Invoke.html: the parameters of Invoke. */
import { type Json, jsonBytes } from '../../engine/json.ts';
import { api, defineRule, type Finding } from '../../engine/rule.ts';
import type { Call, ControlRequest, View } from '../../engine/view.ts';
import { asking } from './asking.ts';
import {
  clientContext,
  invocationType,
  logType,
  nameLength,
  newNameLength,
  qualifierLength,
} from './constraints.ts';
import { constrained, faultOf } from './faults.ts';
import { namesNothing } from './naming.ts';

export const inv01 = defineRule({
  id: 'LIM-INV-01',
  level: 'MUST',
  invariant:
    'Invoke takes InvocationType Event, RequestResponse or DryRun and LogType None or Tail, and no other.',
  sources: [api('Invoke')],
  needs: ['controlPlane'],
  ...constrained(invocationType, logType),
});

const lengths = constrained(nameLength, newNameLength, qualifierLength);

/** Requests of Invoke whose function or qualifier is not there, with nothing else wrong. */
const unknownNames = asking(
  ['Invoke'],
  (request, view) =>
    String(request.step.input['FunctionName']).length <= 64 &&
    namesNothing(request, view) &&
    faultOf(request, view) === undefined,
);

export const inv02 = defineRule({
  id: 'LIM-INV-02',
  level: 'MUST',
  invariant:
    'A FunctionName has up to 256 characters, up to 64 as a bare name, and a Qualifier from 1 to 128.',
  sources: [api('Invoke'), api('CreateFunction')],
  needs: ['controlPlane'],
  isOfRequests: true,
  // In range, too, is a name that nothing has: it is unknown (404), not invalid (400).
  subjects: (view) => (view.requests.length === 0 ? [] : [...lengths.subjects(view), ...unknownNames(view)]),
  check: (request, view) => {
    if (request.rejected?.status === 404 && faultOf(request, view) === undefined) return;
    return lengths.check(request, view);
  },
});

/** Bytes of the header that carries a client context: base64 of its JSON text. */
const encodedBytes = (context: Json): number => 4 * Math.ceil(jsonBytes(context) / 3);

const MOST_CONTEXT_BYTES = 3_583;

const contexts = constrained(clientContext);

const withContext = (view: View): readonly Call[] => {
  let found: Call[] | undefined;
  for (const call of view.calls) {
    if (call.step.clientContext === undefined || (call.answered ?? call.rejected) === undefined) continue;
    found ??= [];
    found.push(call);
  }
  return found ?? NO_CALLS;
};

const NO_CALLS: readonly Call[] = [];

export const inv04 = defineRule<Call | ControlRequest>({
  id: 'LIM-INV-04',
  level: 'MUST',
  invariant: 'A client context has up to 3,583 bytes of base64; a longer one is refused.',
  sources: [api('Invoke')],
  subjects: (view) => {
    const calls = withContext(view);
    return view.requests.length === 0 ? calls : [...calls, ...contexts.subjects(view)];
  },
  check: (subject, view) => ('type' in subject ? contextOfCall(subject) : contexts.check(subject, view)),
});

function contextOfCall({ step, answered, rejected }: Call): Finding {
  if (step.clientContext === undefined) return;
  const bytes = encodedBytes(step.clientContext);
  if (bytes <= MOST_CONTEXT_BYTES) {
    if (rejected === undefined) return;
    if (rejected.status !== 400 || !/client.?context/i.test(rejected.message ?? ''))
      return { unknown: `refused for another reason: ${rejected.error}` };
    return {
      expected: `a client context of ${bytes} bytes taken`,
      observed: `${rejected.status} ${rejected.error}`,
      entries: [rejected],
    };
  }
  if (answered === undefined) return;
  return {
    expected: `refused: a client context of ${bytes} bytes`,
    observed: `accepted with ${answered.status}`,
    entries: [answered],
  };
}
