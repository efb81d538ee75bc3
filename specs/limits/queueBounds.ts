/** The bounds of a queue's attributes. AWS, SQS API_SetQueueAttributes.html: all of them are written as text. */
import { asObject } from '../../engine/record.ts';
import { type Constraint, fault, type Reading } from './constraints.ts';
import { textIn } from './naming.ts';

const OPERATIONS = ['CreateQueue', 'SetQueueAttributes'] as const;

function attribute(name: string, least: number, most: number): Constraint {
  return {
    operations: OPERATIONS,
    isGiven: (input) => asObject(input['Attributes'])?.[name] !== undefined,
    read: ({ step }): Reading => {
      const text = textIn(step.input['Attributes'], name);
      if (text === undefined || !/^-?\d+$/.test(text)) return 'open';
      const value = Number(text);
      return value >= least && value <= most ? 'inRange' : fault(`${name} ${value}`);
    },
  };
}

export const visibilityTimeout = attribute('VisibilityTimeout', 0, 43_200);
export const messageRetention = attribute('MessageRetentionPeriod', 60, 1_209_600);
export const delay = attribute('DelaySeconds', 0, 900);

/** Attributes that another rule is about, or that a queue's kind decides. */
const JUDGED_HERE: readonly string[] = ['VisibilityTimeout', 'MessageRetentionPeriod', 'DelaySeconds'];

export const otherAttributes: Constraint = {
  operations: OPERATIONS,
  isGiven: (input) =>
    Object.keys(asObject(input['Attributes']) ?? {}).some((key) => !JUDGED_HERE.includes(key)),
  read: () => 'open',
};
