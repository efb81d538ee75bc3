/**
 * How many batches of a mapping at once. AWS, services-sqs-scaling.html: five at first, up to 300 more a minute, up to
 * 1,250; no more than MaximumConcurrency; in provisioned mode ten for each poller. Errors and throttles slow it down.
 */
import type { World } from '../../world.ts';
import type { Turn } from '../source.ts';
import type { SqsPoller } from './poller.ts';

const MINUTE_MS = 60_000;
const DEFAULT_MINIMUM_POLLERS = 2;
const DEFAULT_MAXIMUM_POLLERS = 200;

export class Scale {
  private readonly poller: SqsPoller;
  private own: number;
  private isGrowing = false;

  constructor(world: World, poller: SqsPoller) {
    this.poller = poller;
    this.own = 0;
    this.reset(world);
  }

  /** From the beginning: the mapping is made, enabled or changed. */
  reset(world: World): void {
    const { provisioned } = this.poller.mapping.settings;
    const { policy } = world;
    if (provisioned === null) this.own = policy.firstConcurrentBatches;
    else this.own = policy.attemptsPerPoller * (provisioned.minimum ?? DEFAULT_MINIMUM_POLLERS);
  }

  /** How many batches may have a place now. */
  limit(world: World): number {
    return Math.min(this.own, this.most(world));
  }

  private most(world: World): number {
    const { policy } = world;
    const { provisioned } = this.poller.mapping.settings;
    let most = policy.mostConcurrentBatches;
    if (provisioned !== null)
      most = policy.honoursMaximumPollers
        ? policy.attemptsPerPoller * (provisioned.maximum ?? DEFAULT_MAXIMUM_POLLERS)
        : 100_000;
    return policy.honoursMaximumConcurrency ? Math.min(most, this.maximum(world)) : most;
  }

  /** The maximum concurrency of the mapping; Infinity where it has none. */
  private maximum({ policy, mappings }: World): number {
    const { mapping } = this.poller;
    const own = mapping.settings.maximumConcurrency ?? Number.POSITIVE_INFINITY;
    if (!policy.sharesMaximumConcurrency) return own;
    const all = [...mappings.values()].filter(({ owner }) => owner === mapping.owner);
    return Math.max(
      ...all.map(({ settings }) => settings.maximumConcurrency ?? Number.POSITIVE_INFINITY),
      own,
    );
  }

  /** There is more than the places hold: in a while there are more of them. */
  wantMore(world: World): void {
    if (this.isGrowing || this.own >= this.most(world)) return;
    this.isGrowing = true;
    world.clock.in(MINUTE_MS, 'turn', this.grow);
  }

  private readonly grow: Turn = {
    turn: (world) => {
      this.isGrowing = false;
      const { concurrentBatchesPerMinute, provisionedPerMinute } = world.policy;
      const step =
        this.poller.mapping.settings.provisioned === null ? concurrentBatchesPerMinute : provisionedPerMinute;
      this.own = Math.min(
        this.most(world),
        this.own + Math.ceil((step * world.chance.between(50, 100)) / 100),
      );
      this.poller.lookSoon(world);
    },
  };

  /** An attempt failed, or was throttled. */
  slowDown(): void {
    this.own = Math.max(1, Math.floor(this.own / 2));
  }

  /** An attempt succeeded: it recovers up to where it began. */
  recover(world: World): void {
    if (this.own < world.policy.firstConcurrentBatches) this.own++;
  }
}
