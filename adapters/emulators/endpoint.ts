import type { Target } from '../../engine/target.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import { AwsDriver } from '../aws/driver.ts';

export interface EndpointOptions {
  readonly tolerances?: Partial<Tolerances>;
  readonly jobs?: number;
  /** The address at which the target's functions reach this machine, e.g. `host.docker.internal`. */
  readonly collectorHost?: string;
  readonly folder?: string;
}

/**
 * Whatever speaks the AWS API at `url`. Nothing is assumed of it: its waits are Lambda's own unless told
 * otherwise, and what it declines it declines by its own answers.
 * @throws TargetError where nothing that speaks Lambda's API answers there
 */
export function endpoint(url: string, options: EndpointOptions = {}): Promise<Target> {
  return AwsDriver.openChecked({
    name: url,
    endpoint: { url },
    ...(options.tolerances === undefined ? {} : { tolerances: options.tolerances }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    // Functions in containers come from another address than 127.0.0.1.
    ...(options.collectorHost === undefined
      ? {}
      : { collectorHost: options.collectorHost, collectorBind: '0.0.0.0' }),
  });
}
