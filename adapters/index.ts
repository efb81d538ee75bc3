/** All targets by name. */
import { type Target, TargetError } from '../engine/target.ts';
import type { Tolerances } from '../engine/tolerances.ts';

/** Which target to open: by its name, or whatever speaks the AWS API at an endpoint. */
export interface TargetChoice {
  /** One of `targetNames()`; absent with an `endpoint`: what answers there; absent without: `memory`. */
  readonly name?: string;
  /** `http://127.0.0.1:4566`. With a `name`: that target's profile, but the server that runs there. */
  readonly endpoint?: string;
  readonly tolerances?: Partial<Tolerances>;
  /** Scenarios side by side. */
  readonly jobs?: number;
  /** No more scenarios than these will run at once, whatever the target bears: less of it may have to be started. */
  readonly mostAtOnce?: number;
  /** The address at which functions in containers reach this machine, e.g. `host.docker.internal`. */
  readonly collectorHost?: string;
  /** Folder for journals and installed emulators; `.conformance` unless given. */
  readonly folder?: string;
}

/** Each target's module is loaded when it is opened: the AWS SDK is no affair of a run in memory. */
const TARGETS: Readonly<Record<string, (choice: TargetChoice) => Promise<Target>>> = {
  memory: async () => (await import('./memory/index.ts')).memory(),
  moto: async (choice) => (await import('./emulators/moto.ts')).moto(choice),
  ministack: async (choice) => (await import('./emulators/ministack.ts')).ministack(choice),
  fakecloud: async (choice) => (await import('./emulators/fakecloud.ts')).fakecloud(choice),
  localstack: async (choice) => (await import('./localstack/localstack.ts')).localstack(choice),
  localemu: async (choice) => (await import('./localstack/localemu.ts')).localemu(choice),
  'serverless-offline': async (choice) =>
    (await import('./declared/serverlessOffline.ts')).serverlessOffline(choice),
  'serverless-aws-lambda': async (choice) =>
    (await import('./declared/serverlessAwsLambda.ts')).serverlessAwsLambda(choice),
  rie: async (choice) => (await import('./declared/rie.ts')).rie(choice),
};

/** The names that `openTarget` knows. */
export const targetNames = (): string[] => Object.keys(TARGETS);

/**
 * Opens a target; the caller closes it.
 * @throws TargetError where there is no such target, or it cannot be reached or started
 */
export async function openTarget(choice: TargetChoice = {}): Promise<Target> {
  if (choice.endpoint !== undefined) checkUrl(choice.endpoint);
  if (choice.name === undefined && choice.endpoint !== undefined) {
    return (await import('./emulators/endpoint.ts')).endpoint(choice.endpoint, choice);
  }
  const name = choice.name ?? 'memory';
  const open = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
  if (open === undefined) {
    const known = targetNames().join(', ');
    throw new TargetError(`There is no target "${name}": choose one of ${known}, or give an --endpoint.`);
  }
  return open(choice);
}

function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return;
  throw new TargetError(`"${text}" is not an endpoint: write it like http://127.0.0.1:4566.`);
}
