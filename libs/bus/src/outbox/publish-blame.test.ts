import { JetStreamApiError } from '@nats-io/jetstream';
import { InvalidArgumentError, TimeoutError } from '@nats-io/transport-node';
import { blameOf } from './publish-blame.js';

const said = (code: number, err_code: number, description: string): JetStreamApiError =>
  new JetStreamApiError({ code, err_code, description });

test.each([
  ['a full disk', said(503, 10_047, 'insufficient storage resources available'), 'server'],
  ['a full stream', said(400, 10_077, 'maximum bytes exceeded'), 'server'],
  ['a cluster without leader', said(503, 10_008, 'JetStream system temporarily unavailable'), 'server'],
  ['no answer', new TimeoutError(), 'server'],
  ['a closed connection', new Error('closed'), 'server'],
  ['a message that is too large for the stream', said(400, 10_054, 'message size exceeds maximum allowed'), 'message'],
  ['a message that the client refuses', new InvalidArgumentError('max_payload size exceeded'), 'message'],
  ['a subject that no stream takes', Object.assign(new Error('no'), { name: 'JetStreamNotEnabled' }), 'nobody'],
])('%s', (_what, error, blame) => {
  expect(blameOf(error)).toBe(blame);
});
