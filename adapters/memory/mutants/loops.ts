/** The reference model with one thing wrong: what goes wrong with loops through queues. */
import type { Mutant } from '../mutant.ts';

export const loopMutants: readonly Mutant[] = [
  {
    name: 'messages that would extend a loop are deleted',
    breaks: ['ASYNC-RECUR-04'],
    policy: { losesStoppedMessages: true },
  },
];
