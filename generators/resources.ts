/** The resources that a scenario declares: those that something in it uses, each once. */
import type { Scenario } from '../engine/scenario.ts';
import { isFifoName } from './names.ts';

type Lists = Pick<Scenario, 'queues' | 'topics' | 'buses' | 'buckets'>;

const LIST_OF = { queue: 'queues', topic: 'topics', bus: 'buses', bucket: 'buckets' } as const;

export class Resources {
  private readonly refs: string[] = [];

  /** Takes note of a use, e.g. of `queue:failed`. Functions are declared elsewhere. */
  use(ref: string | undefined): void {
    if (ref !== undefined && !ref.startsWith('function:') && !this.refs.includes(ref)) this.refs.push(ref);
  }

  /** Number `index`, counted round; undefined where nothing is used. */
  at(index: number): string | undefined {
    return this.refs[index % this.refs.length];
  }

  indexOf(ref: string): number {
    return this.refs.indexOf(ref);
  }

  declareIn(scenario: Lists): void {
    for (const ref of this.refs) {
      const colon = ref.indexOf(':');
      const list = LIST_OF[ref.slice(0, colon) as keyof typeof LIST_OF];
      const name = ref.slice(colon + 1);
      const isFifo = isFifoName(name) && (list === 'queues' || list === 'topics');
      const declared = scenario[list];
      const place = isFifo ? { name, fifo: true as const } : { name };
      if (declared === undefined) scenario[list] = [place];
      else declared.push(place);
    }
  }
}
