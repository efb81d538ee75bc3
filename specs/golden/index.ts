/** All golden cases, checked as they are read. */
import { type GoldenCase, goldenCase } from './case.ts';
import { asyncCases } from './cases/async.ts';
import { pushCases } from './cases/pushes.ts';
import { sqsCases } from './cases/sqs.ts';
import { streamCases } from './cases/streams.ts';
import { syncCases } from './cases/sync.ts';
import { validationCases } from './cases/validation.ts';

/** The cases by theme, in the order of their pages. */
export const GOLDEN: readonly { readonly title: string; readonly cases: readonly GoldenCase[] }[] = [
  { title: 'Asynchronous invocation', cases: asyncCases },
  { title: 'Synchronous invocation', cases: syncCases },
  { title: 'Queues', cases: sqsCases },
  { title: 'Streams and tables', cases: streamCases },
  { title: 'Services that push', cases: pushCases },
  { title: 'Requests to the control plane', cases: validationCases },
].map(({ title, cases }) => ({ title, cases: cases.map((written) => goldenCase.parse(written)) }));

export const goldenCases: readonly GoldenCase[] = GOLDEN.flatMap(({ cases }) => cases);

export { leftOut } from './leftOut.ts';
