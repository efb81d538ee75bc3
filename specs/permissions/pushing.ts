/** AWS, access-control-resource-based.html: which services may invoke a function by themselves. */
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { SubscriptionSpec } from '../../engine/sourceSpec.ts';
import type { FunctionView, Push, View } from '../../engine/view.ts';
import { once } from '../memo.ts';

const POLICY = guide('access-control-resource-based', 'excerpt');

/** What no statement of the function's policy lets happen: a service, a resource of it, or a qualifier. */
type Lack = 'service' | 'source' | 'qualifier';

/** A record that a service has, and a subscription by which it must not invoke the function. */
interface Forbidden {
  readonly push: Push;
  readonly subscription: SubscriptionSpec;
  readonly lack: Lack;
  /** The versions that the subscription, and no other one that may be allowed, would run. */
  readonly versions: ReadonlySet<string>;
}

const SERVICES: Readonly<Record<string, string>> = { topic: 'sns', bus: 'events', bucket: 's3' };

/** What is lacking; undefined where a statement allows it, or may do so. */
function lackOf({ source, qualifier }: SubscriptionSpec, owner: FunctionView): Lack | undefined {
  const service = SERVICES[source.slice(0, source.indexOf(':'))];
  const ofService = (owner.spec.policy ?? []).filter((statement) => statement.service === service);
  if (ofService.length === 0) return 'service';
  const ofSource = ofService.filter(
    (statement) => statement.source === undefined || statement.source === source,
  );
  if (ofSource.length === 0) return 'source';
  // Whether a statement without a qualifier is enough for a version or an alias, no page that was read says.
  return ofSource.every((statement) => statement.qualifier !== undefined && statement.qualifier !== qualifier)
    ? 'qualifier'
    : undefined;
}

function versionsOf({ qualifier = '$LATEST' }: SubscriptionSpec, { spec }: FunctionView): readonly string[] {
  const alias = spec.aliases?.find(({ name }) => name === qualifier);
  if (alias === undefined) return [qualifier];
  return alias.additional === undefined ? [alias.version] : [alias.version, alias.additional.version];
}

const NONE: readonly Forbidden[] = [];

const forbidden = once((view: View): readonly Forbidden[] => {
  if (view.pushes.length === 0) return NONE;
  const { subscriptions = [] } = view.history.scenario;
  const found: Forbidden[] = [];
  for (const push of view.pushes) {
    if (push.sent === undefined) continue;
    for (const subscription of subscriptions) {
      const owner = view.functions.get(subscription.function);
      if (owner === undefined || subscription.source !== push.step.to) continue;
      const lack = lackOf(subscription, owner);
      if (lack === undefined) continue;
      const versions = new Set(versionsOf(subscription, owner));
      for (const other of subscriptions)
        if (
          other.source === subscription.source &&
          other.function === owner.name &&
          lackOf(other, owner) === undefined
        )
          for (const version of versionsOf(other, owner)) versions.delete(version);
      if (versions.size > 0) found.push({ push, subscription, lack, versions });
    }
  }
  return found;
});

const lacking =
  (lack: Lack) =>
  (view: View): readonly Forbidden[] =>
    forbidden(view).length === 0 ? NONE : forbidden(view).filter((one) => one.lack === lack);

function notInvoked({ push, subscription, lack, versions }: Forbidden): Finding {
  const attempt = push.attempts.find(
    ({ function: { name }, started }) => name === subscription.function && versions.has(started.version),
  );
  if (attempt === undefined) return;
  return {
    expected: `no attempt of ${subscription.function} with ${push.id}: no statement allows ${subscription.source} this ${lack}`,
    observed: 'an attempt',
    entries: [attempt.started],
  };
}

export const push01 = defineRule({
  id: 'PERM-PUSH-01',
  level: 'MUST',
  invariant:
    'A service invokes a function only where a statement of its resource-based policy allows that service.',
  sources: [POLICY, api('AddPermission', 'current')],
  needs: ['pushes'],
  subjects: lacking('service'),
  check: notInvoked,
});

export const push02 = defineRule({
  id: 'PERM-PUSH-02',
  level: 'MUST',
  invariant: 'A statement with a source allows events of that resource only.',
  sources: [api('AddPermission', 'current')],
  needs: ['pushes'],
  note: 'Judged on SourceArn: SourceAccount would need a second account.',
  subjects: lacking('source'),
  check: notInvoked,
});

export const push03 = defineRule({
  id: 'PERM-PUSH-03',
  level: 'MUST',
  invariant: 'A statement on a version or an alias allows invocations through that qualifier only.',
  sources: [api('AddPermission', 'current')],
  needs: ['pushes', 'versions'],
  subjects: lacking('qualifier'),
  check: notInvoked,
});
