/**
 * A golden case: a scenario, and what was seen of it on AWS. Expectations are data of a few kinds, which speak of the
 * history in the field's words and only of what a black box shows.
 */
import { z } from 'zod';
import { CAPABILITIES, type Capability } from '../../engine/capabilities.ts';
import { scenarioSchema } from '../../engine/scenario.ts';
import { json } from '../../engine/scenarioParts.ts';

/** A call by its event (`e1`), a request by the position of its step, from 0. */
const call = z.union([z.string(), z.int().min(0)]);
/** An event, or a record of a source. */
const subject = z.string();
const seconds = z.number().min(0);
/** How many: a number, or at least and at most so many. */
const count = z.union([
  z.int().min(0),
  z.strictObject({ least: z.int().min(0), most: z.int().min(0).exactOptional() }),
]);
export type Count = z.output<typeof count>;

/** The `nth` attempt (from 1) of an event, or that holds a record. */
const attemptRef = z.strictObject({ of: subject, nth: z.int().min(1) });
export type AttemptRef = z.output<typeof attemptRef>;

export const expectation = z.discriminatedUnion('expect', [
  /** The call or request was answered with success, and the answer's entry looks like this. */
  z.strictObject({ expect: z.literal('answer'), of: call, is: json }),
  /** It was refused, and the refusal's entry looks like this. */
  z.strictObject({ expect: z.literal('refusal'), of: call, is: json }),
  /** Each of these events or records had so many attempts, which have these fields of theirs in common. */
  z.strictObject({
    expect: z.literal('attempts'),
    of: z.array(subject).min(1),
    count,
    same: z.array(z.enum(['requestId', 'environment', 'payload'])).exactOptional(),
  }),
  /** One attempt's entry looks like this. */
  z.strictObject({ expect: z.literal('attempt'), ...attemptRef.shape, is: json }),
  /** The handler did not come to an end of its own in that attempt. */
  z.strictObject({ expect: z.literal('stopped'), ...attemptRef.shape }),
  /** A record as the handler was given it, in one attempt. */
  z.strictObject({ expect: z.literal('given'), ...attemptRef.shape, is: json }),
  /**
   * How long after something an attempt began: after another attempt's beginning or, without `after`, after the event
   * was sent. `isRetryTime`: these are waits between Lambda's asynchronous attempts, which a target may have shortened.
   */
  z.strictObject({
    expect: z.literal('wait'),
    ...attemptRef.shape,
    after: attemptRef.exactOptional(),
    leastSeconds: seconds.exactOptional(),
    mostSeconds: seconds.exactOptional(),
    isRetryTime: z.literal(true).exactOptional(),
  }),
  /** So much arrived there about this event, record or mapping (or about anything), and each entry looks like this. */
  z.strictObject({
    expect: z.literal('deliveries'),
    to: z.string(),
    about: subject.exactOptional(),
    count,
    each: json.exactOptional(),
    /** And each so soon after the last attempt of `about` began or, without one, after its call was sent. */
    withinSeconds: seconds.exactOptional(),
  }),
  /** So many attempts by the mapping held just these records, in this order; without `of`, so many attempts in all. */
  z.strictObject({
    expect: z.literal('batches'),
    mapping: z.string(),
    of: z.array(z.string()).min(1).exactOptional(),
    count,
    /** And no batch had more records. */
    mostRecords: z.int().min(1).exactOptional(),
  }),
  /** Records came to the function in this order, by their first attempts. */
  z.strictObject({ expect: z.literal('order'), of: z.array(z.string()).min(2) }),
  /** The attempts of these events ran all of these versions, and no others. */
  z.strictObject({
    expect: z.literal('versions'),
    of: z.array(subject).min(1),
    are: z.array(z.string()).min(1),
  }),
  /** So many messages were left in the queue. */
  z.strictObject({ expect: z.literal('left'), in: z.string(), count: z.int().min(0) }),
]);
export type Expectation = z.output<typeof expectation>;
export type ExpectationKind = Expectation['expect'];

const capability = z.enum(Object.keys(CAPABILITIES) as [Capability, ...Capability[]]);

export const goldenCase = z.strictObject({
  id: z.string().regex(/^[A-Z]\d\d[a-z]?$/, 'an id is a letter, two digits and at most one small letter'),
  title: z.string(),
  /** The day on which AWS did so; several where it was seen again, none where it is not known. */
  recorded: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(, \d{4}-\d\d-\d\d)*$/)
    .exactOptional(),
  /** The page of AWS that says the same, or speaks of it. */
  page: z.url().exactOptional(),
  /** Where the page says otherwise: what it says. Both are told; where that can be, the case takes both. */
  pageSays: z.string().exactOptional(),
  /** How our scenario differs from what ran on AWS, and what of the recording it leaves out. */
  note: z.string().exactOptional(),
  needs: z.array(capability).exactOptional(),
  /** It decides nothing where a target makes Lambda's waits shorter, and event ages not. */
  needsFullWaits: z.literal(true).exactOptional(),
  scenario: scenarioSchema,
  expect: z.array(expectation).min(1),
});
export type GoldenCase = z.output<typeof goldenCase>;
/** A case as it is written down: what has a default may be absent. */
export type WrittenCase = z.input<typeof goldenCase>;

/** A recorded case that is none here, and why. */
export interface LeftOut {
  readonly id: string;
  readonly what: string;
  readonly why: string;
}
