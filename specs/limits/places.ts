/** Which resources a destination or a dead-letter queue may be: what depends on the scenario's declarations. */
import { asObject } from '../../engine/record.ts';
import type { Scenario } from '../../engine/scenario.ts';
import type { View } from '../../engine/view.ts';
import type { Constraint, Reading } from './constraints.ts';
import { functionNameOf, textIn } from './naming.ts';

/** AWS, invocation-async-retain-records.html: standard queues and topics; buckets for failures only. */
export const destinationKind: Constraint = {
  operations: ['PutFunctionEventInvokeConfig', 'UpdateFunctionEventInvokeConfig'],
  isGiven: (input) => input['DestinationConfig'] !== undefined,
  read: ({ step }, view) => {
    const config = asObject(step.input['DestinationConfig']);
    let reading: Reading = 'open';
    for (const side of ['OnSuccess', 'OnFailure']) {
      const ref = textIn(config?.[side], 'Destination');
      if (ref === undefined || ref === '') continue;
      const kind = kindOf(ref, view);
      if (kind === 'fifo') return { fault: `the FIFO resource ${ref} as ${side}` };
      if (kind === 'bucket' && side === 'OnSuccess') return { fault: `${ref} as ${side}` };
      // Recorded from AWS: a function is no destination of itself (that refusal is ASYNC-DEST-15's affair).
      if (kind === 'unknown' || ref === `function:${functionNameOf(step.input)}`) return 'open';
      reading = 'inRange';
    }
    return reading;
  },
};

/** AWS, invocation-async-retain-records.html#invocation-dlq: a standard queue or a standard topic. */
export const deadLetterKind: Constraint = {
  operations: ['CreateFunction', 'UpdateFunctionConfiguration'],
  isGiven: (input) => input['DeadLetterConfig'] !== undefined,
  read: ({ step }, view) => {
    const ref = textIn(step.input['DeadLetterConfig'], 'TargetArn');
    if (ref === undefined || ref === '') return 'open';
    const kind = kindOf(ref, view);
    if (kind === 'unknown') return 'open';
    if (kind === 'fifo') return { fault: `the FIFO resource ${ref} as dead-letter target` };
    return kind === 'queue' || kind === 'topic' ? 'inRange' : { fault: `${ref} as dead-letter target` };
  },
};

type Kind = 'queue' | 'topic' | 'bus' | 'bucket' | 'function' | 'fifo' | 'unknown';

/** `unknown` for what the scenario does not declare, and for what it deletes at some time. */
function kindOf(ref: string, view: View): Kind {
  const { scenario } = view.history;
  for (const step of scenario.steps) if (step.do === 'remove' && step.resource === ref) return 'unknown';
  const colon = ref.indexOf(':');
  const kind = ref.slice(0, colon);
  const name = ref.slice(colon + 1);
  switch (kind) {
    case 'queue':
      return channelKind(kind, scenario.queues, name);
    case 'topic':
      return channelKind(kind, scenario.topics, name);
    case 'bus':
      return scenario.buses?.some((bus) => bus.name === name) === true ? kind : 'unknown';
    case 'bucket':
      return scenario.buckets?.some((bucket) => bucket.name === name) === true ? kind : 'unknown';
    case 'function':
      return view.functions.has(name) ? kind : 'unknown';
    default:
      return 'unknown';
  }
}

function channelKind(kind: 'queue' | 'topic', channels: Scenario['queues'], name: string): Kind {
  const channel = channels?.find((known) => known.name === name);
  if (channel === undefined) return 'unknown';
  return channel.fifo === true ? 'fifo' : kind;
}
