import {
  DeleteEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { makeClients } from '../clients.ts';
import { Journal } from '../journal.ts';
import { Maker } from '../maker.ts';
import { Namer, Renaming } from '../names.ts';
import { refusal } from '../testing/fakeAws.ts';
import { tempFolder } from '../testing/tempFolder.ts';
import { mappingInput, removeMappingsOf } from './makeMapping.ts';

const lambda = mockClient(LambdaClient);
const listed = (...uuids: string[]) => ({ EventSourceMappings: uuids.map((UUID) => ({ UUID })) });

beforeEach(() => {
  lambda.reset();
});

function maker(): Maker {
  const endpoint = { url: 'http://127.0.0.1:1' };
  const clients = makeClients(endpoint);
  onTestFinished(() => clients.destroy());
  return new Maker(clients, new Namer('test'), Journal.begin('test', endpoint, tempFolder()));
}

test('a mapping that is in use is asked to go again, until it is listed no more', async () => {
  lambda.on(DeleteEventSourceMappingCommand).rejectsOnce(refusal(400, 'ResourceInUseException')).resolves({});
  lambda
    .on(ListEventSourceMappingsCommand)
    .resolvesOnce(listed('m'))
    .resolvesOnce(listed('m'))
    .resolvesOnce(listed('m'))
    .resolves(listed());
  await removeMappingsOf('f', maker());
  expect(lambda.commandCalls(DeleteEventSourceMappingCommand)).toHaveLength(2);
});

test('one that is listed though it is not there is not waited for without end', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  lambda.on(DeleteEventSourceMappingCommand).rejects(refusal(404, 'ResourceNotFoundException'));
  lambda.on(ListEventSourceMappingsCommand).resolves(listed('m'));
  const removing = removeMappingsOf('f', maker());
  let isOver = false;
  void removing.then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(4_500);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  await removing;
});

test.each([
  [undefined, 'lc-test-fn000001'],
  ['2', 'arn:aws:lambda:us-east-1:123456789012:function:lc-test-fn000001:2'],
  ['live', 'arn:aws:lambda:us-east-1:123456789012:function:lc-test-fn000001:live'],
])('a mapping of qualifier %s is asked for by a name that AWS lists', (qualifier, FunctionName) => {
  const realName = 'lc-test-fn000001';
  const arn = `arn:aws:lambda:us-east-1:123456789012:function:${realName}`;
  const renaming = new Renaming([{ ref: 'function:f', realName, arn }], 'lc-test-fn000002-');
  const spec = {
    name: 'm',
    source: 'queue:q',
    function: 'f',
    ...(qualifier === undefined ? {} : { qualifier }),
  };
  expect(mappingInput(spec, renaming)).toMatchObject({ FunctionName });
});
