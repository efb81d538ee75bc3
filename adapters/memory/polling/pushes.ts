/**
 * Services that invoke functions by themselves: SNS topics, EventBridge buses, S3 buckets. AWS, with-sns.html,
 * with-s3.html, services-eventbridge: asynchronously, where the function's resource-based policy allows it
 * (access-control-resource-based.html).
 */
import { isFiller } from '../../../engine/json.ts';
import type { FunctionSpec } from '../../../engine/scenario.ts';
import { recordIds, type SendStep, type SubscriptionSpec } from '../../../engine/sourceSpec.ts';
import { acceptEvent } from '../asyncQueue.ts';
import { Invocation } from '../invocation.ts';
import { hasQualifier } from '../qualifiers.ts';
import { payloadBytesOf } from '../sizes.ts';
import type { World } from '../world.ts';
import { type Message, pushedEvent } from './pushedEvents.ts';
import { pushedPlan } from './pushedPlans.ts';
import type { Poller, Source, Turn } from './source.ts';

const NO_POLLER: Poller = { resume: () => {}, pause: () => {} };

export class PushingService implements Source {
  readonly ref: string;

  constructor(ref: string) {
    this.ref = ref;
  }

  send(world: World, { records }: SendStep, step: number): void {
    const { ref } = this;
    const exists = world.account.resources.get(ref)?.exists === true;
    const at = world.seconds;
    for (const spec of records)
      for (const record of recordIds(spec)) {
        if (!exists) {
          const error = 'NotFound: the resource does not exist.';
          world.recorder.push({ kind: 'unsent', at, step, record, resource: ref, error });
          continue;
        }
        const id = ref.startsWith('bucket:') ? record : world.nextRequestId();
        world.recorder.push({ kind: 'sent', at, requestedAt: at, step, record, resource: ref, id });
        this.publish(world, { ref, record, id, spec }, step);
      }
  }

  private publish(world: World, message: Message, step: number): void {
    // AWS, with-sns.html: standard topics only.
    if (world.account.resources.get(this.ref)?.isFifo === true) return;
    for (const subscription of world.scenario.subscriptions ?? []) {
      if (subscription.source !== this.ref) continue;
      const afterMs = world.chance.between(1, Math.max(1, world.policy.pushMostSeconds * 1_000));
      world.clock.in(afterMs, 'turn', new Pushing(message, subscription, step));
    }
  }

  /** No mapping reads it: Lambda does not poll such sources. */
  attach(): Poller {
    return NO_POLLER;
  }

  remaining(): undefined {
    return undefined;
  }
}

/** The service asks Lambda to invoke a function. */
class Pushing implements Turn {
  private readonly message: Message;
  private readonly subscription: SubscriptionSpec;
  private readonly step: number;

  constructor(message: Message, subscription: SubscriptionSpec, step: number) {
    this.message = message;
    this.subscription = subscription;
    this.step = step;
  }

  turn(world: World): void {
    const { message, subscription } = this;
    const { function: functionName, qualifier } = subscription;
    const owner = world.functionNamed(functionName);
    if (owner === undefined || !hasQualifier(owner, qualifier)) return;
    if (!isAllowed(world, owner.state.spec, subscription)) return;
    const payload = pushedEvent(world, message);
    const payloadBytes = payloadBytesOf(payload) + dataBytes(message);
    if (payloadBytes > world.policy.asyncPayloadBytes) return;
    const invocation = new Invocation({
      call: '',
      step: this.step,
      own: undefined,
      event: undefined,
      about: undefined,
      functionName,
      qualifier,
      type: 'Event',
      payload,
      payloadBytes,
      isNoJson: false,
      plan: pushedPlan(message.spec.plan, message.id),
      requestId: world.nextRequestId(),
      cause: undefined,
      isHandlersCall: false,
      batch: undefined,
    });
    invocation.pushed = [{ record: message.record, id: message.id }];
    acceptEvent(world, owner, invocation);
  }
}

/** Of an object in a bucket only its key is told. */
const dataBytes = ({ ref, spec: { body } }: Message): number =>
  ref.startsWith('bucket:') || !isFiller(body) ? 0 : body.$filler;

const SERVICES = { topic: 'sns', bus: 'events', bucket: 's3' } as const;

/** Whether a statement of the function's policy lets the service invoke it, from this resource, by this qualifier. */
function isAllowed(
  { policy }: World,
  { policy: statements = [] }: FunctionSpec,
  subscription: SubscriptionSpec,
): boolean {
  if (!policy.checksStatements) return true;
  const { source, qualifier } = subscription;
  const service = SERVICES[source.slice(0, source.indexOf(':')) as keyof typeof SERVICES];
  return statements.some(
    (statement) =>
      statement.service === service &&
      (statement.source === undefined || statement.source === source || !policy.checksStatementSources) &&
      (statement.qualifier === qualifier || !policy.checksStatementQualifiers),
  );
}
