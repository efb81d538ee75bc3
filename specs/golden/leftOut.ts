/** Recorded cases that are none of ours, and why. */
import type { LeftOut } from './case.ts';

const GATEWAY =
  'Scenarios have no API Gateway: it is a caller of Invoke, and what it makes of an answer is its own.';

export const leftOut: readonly LeftOut[] = [
  {
    id: 'A20',
    what: "the delivery log of a topic says 202 and a request id of the function's invocation",
    why: 'No scenario reads the logs of SNS. That SNS invokes asynchronously is judged by rules of services that push.',
  },
  {
    id: 'S11',
    what: 'a stack overflow while the module is loaded ends in Sandbox.Timedout after the whole timeout',
    why: 'A plan begins with the handler: the module itself is always loaded well.',
  },
  {
    id: 'S29',
    what: 'a function URL answers 502 where the handler throws',
    why: 'Scenarios call Invoke; they have no function URLs.',
  },
  {
    id: 'P06, P07',
    what: 'a pattern of a rule on a bus matches one item of a nested list, and none of another',
    why: 'The rules of a scenario match all events. What a function is given is in P05.',
  },
  { id: 'P09', what: 'a proxy integration with another method than POST', why: GATEWAY },
  { id: 'P10', what: 'answers of a proxy integration without a body, and with an unknown key', why: GATEWAY },
  { id: 'P11', what: 'an integration with mapping templates', why: GATEWAY },
  {
    id: 'texts',
    what: 'filters on queues whose pattern is a plain text',
    why: 'The recordings are empty: what AWS does there is not known from them.',
  },
  {
    id: 'ranges',
    what: 'the least and the largest value of each number in a request',
    why: "They were read in the API's own model, not recorded. Rules LIM-* judge them.",
  },
];
