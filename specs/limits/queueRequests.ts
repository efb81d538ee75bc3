/** What a request about a queue is for. */
import type { ControlRequest, View } from '../../engine/view.ts';
import { textIn } from './naming.ts';

/** Whether SetQueueAttributes is for a queue that is declared, and there all the time. */
export function isForQueue(request: ControlRequest, view: View): boolean {
  const ref = textIn(request.step.input, 'QueueUrl');
  const { scenario } = view.history;
  if (scenario.queues?.some(({ name }) => `queue:${name}` === ref) !== true) return false;
  return !scenario.steps.some((step) => step.do === 'remove' && step.resource === ref);
}
