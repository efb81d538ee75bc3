/** Services that invoke functions by themselves. */
import type { WrittenCase } from '../case.ts';
import { any, oneOf, only, text } from '../template.ts';

export const pushCases: readonly WrittenCase[] = [
  {
    id: 'P01',
    title: 'what SNS gives to a function',
    recorded: '2025-10-06',
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html',
    needs: ['pushes', 'topics'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', policy: [{ service: 'sns', source: 'topic:in' }] }],
      topics: [{ name: 'in' }],
      subscriptions: [{ source: 'topic:in', function: 'f' }],
      steps: [{ atSeconds: 0, do: 'send', to: 'topic:in', records: [{ record: 'r', text: 'a message' }] }],
    },
    expect: [
      { expect: 'attempts', of: ['r'], count: 1 },
      {
        expect: 'given',
        of: 'r',
        nth: 1,
        is: {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: any,
          Sns: only({
            Message: 'a message',
            MessageAttributes: only({}),
            MessageId: any,
            Signature: any,
            SignatureVersion: '1',
            SigningCertUrl: any,
            Subject: oneOf(null, text('.')),
            Timestamp: text('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$'),
            TopicArn: any,
            Type: 'Notification',
            UnsubscribeUrl: any,
          }),
        },
      },
    ],
  },
  {
    id: 'P05',
    title: 'what EventBridge gives to a function',
    recorded: '2024-07-11',
    page: 'https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html',
    note: 'That a pattern of a rule matches one item of a nested list is left out: our rules match all.',
    needs: ['pushes', 'buses'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', policy: [{ service: 'events' }] }],
      buses: [{ name: 'in' }],
      subscriptions: [{ source: 'bus:in', function: 'f' }],
      steps: [
        {
          atSeconds: 0,
          do: 'send',
          to: 'bus:in',
          records: [{ record: 'r', body: { acl: [[{ name: 'one' }], [{ name: 'two' }]] } }],
        },
      ],
    },
    expect: [
      { expect: 'attempts', of: ['r'], count: 1 },
      {
        expect: 'given',
        of: 'r',
        nth: 1,
        is: only({
          version: '0',
          id: any,
          'detail-type': any,
          source: any,
          account: any,
          time: text('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$'),
          region: any,
          resources: [],
          detail: { acl: [[{ name: 'one' }], [{ name: 'two' }]] },
        }),
      },
    ],
  },
];
