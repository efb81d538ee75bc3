import type { Target } from '../../engine/target.ts';
import { AwsDriver, type DriverOptions } from './driver.ts';

/**
 * A target for whatever speaks the AWS API at `endpoint.url`, with nothing assumed that was not asked for: AWS's
 * own tolerances, all that the driver can run, a few scenarios side by side.
 * @throws TargetError where nothing that speaks Lambda's API answers there
 */
export function awsApi(options: DriverOptions): Promise<Target> {
  return AwsDriver.open(options);
}
