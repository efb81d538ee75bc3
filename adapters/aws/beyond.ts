import type { Capability } from '../../engine/capabilities.ts';
import type { Scenario } from '../../engine/scenario.ts';
import type { RecordBehaviour } from '../../engine/sourceSpec.ts';

const NO_CLUSTER = 'this driver sets up neither clusters nor brokers';

const isSentOn = (behaviour: RecordBehaviour): boolean =>
  typeof behaviour === 'object' && behaviour.chainTo !== undefined;

/** What the scenario asks for that no target can be asked for through this driver. */
export function beyondDriver(scenario: Scenario): { capability: Capability; error: string } | undefined {
  if (scenario.account !== undefined) {
    return { capability: 'accountLimit', error: 'the AWS API has no operation that sets an account limit' };
  }
  for (const spec of scenario.functions) {
    if (spec.initSeconds !== undefined) {
      return { capability: 'slowInit', error: 'the probe has no initialisation of a given length' };
    }
    if (spec.recursiveLoop !== undefined) {
      return { capability: 'recursion', error: 'the probe does not invoke functions' };
    }
  }
  if (scenario.kafkaTopics !== undefined) return { capability: 'kafka', error: NO_CLUSTER };
  if (scenario.brokerQueues !== undefined) return { capability: 'mq', error: NO_CLUSTER };
  const isPushed = scenario.functions.some(({ policy }) => policy !== undefined);
  if (isPushed || scenario.subscriptions !== undefined) {
    return { capability: 'pushes', error: 'this driver subscribes no function, and sets no policy of one' };
  }
  if (scenario.tables?.some(({ shards = 1 }) => shards > 1) === true) {
    return {
      capability: 'dynamodb',
      error: 'the AWS API has no operation that sets how many shards a table has',
    };
  }
  for (const step of scenario.steps) {
    if (step.do === 'permission') {
      return { capability: 'roles', error: 'this driver takes no permission away from a role' };
    }
    if (step.do === 'send' && step.records.some(({ plan }) => plan.some(isSentOn))) {
      return { capability: 'recursion', error: 'the probe sends no messages on' };
    }
    if (step.do !== 'invoke') continue;
    if (step.asStranger === true) {
      return { capability: 'callers', error: 'this driver has the credentials of one caller' };
    }
    if (step.plan.some((behaviour) => typeof behaviour === 'object' && behaviour.chainTo !== undefined)) {
      return { capability: 'recursion', error: 'the probe does not invoke functions' };
    }
  }
  return undefined;
}
