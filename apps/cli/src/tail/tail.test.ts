// Follows a server of the test, as the command does.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { Change } from '@mono/changes/contract';
import { freePort } from '../../../../test/support/free-port.ts';
import { until } from '../../../../test/support/until.ts';
import { lineOf } from './change-line.js';
import { readEvents, type StreamState } from './read-events.js';
import { Tail, type TailOptions } from './tail.js';

const TASK = '0198b6c2-5f5e-7c3a-9d0e-000000000001';
const LIST = '0198b6c2-5f5e-7c3a-9d0e-000000000002';
const ACTOR = '0198b6c2-5f5e-7c3a-9d0e-000000000003';
const AT = '2026-05-01T09:00:00.000Z';

function change(more: Partial<Change> = {}): Change {
  return {
    id: '0198b6c2-5f5e-7c3a-9d0e-000000000004',
    type: 'task',
    thing_id: TASK,
    change: 'updated',
    version: 2,
    list_id: LIST,
    fields: ['title', 'due_on'],
    keys: {},
    actor: { kind: 'api_key', id: ACTOR },
    origin: null,
    request_id: 'request',
    occurred_at: AT,
    ...more,
  };
}

const READY = 'id: t0\nevent: ready\ndata: {"token":"t0"}';

function eventOf(id: string, item = change()): string {
  return `id: ${id}\nevent: change\ndata: ${JSON.stringify(item)}`;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

function stream(...events: string[]): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`retry: 1\n\n${events.map((event) => `${event}\n\n`).join('')}`);
  };
}

function lost(...events: string[]): Answer {
  return (request, response) => {
    stream(...events)(request, response);
    setTimeout(() => request.socket.destroy(), 50);
  };
}

describe('following', () => {
  let server: Server;
  let url: string;
  let answers: Answer[];
  let requests: { path: string; lastId: string | undefined; key: string | undefined }[];
  let notes: string[];
  let output: PassThrough;
  let printed: string;
  let stop: AbortController;

  beforeEach(async () => {
    answers = [];
    requests = [];
    notes = [];
    printed = '';
    stop = new AbortController();
    output = new PassThrough();
    output.setEncoding('utf8').on('data', (text: string) => (printed += text));
    server = createServer((request, response) => {
      const { url: path = '', headers } = request;
      if (path.startsWith('/v1/changes/stream')) {
        const [lastId, key] = [headers['last-event-id'] as string | undefined, headers.authorization];
        requests.push({ path, lastId, key });
        answers.shift()?.(request, response);
      } else {
        const title = { [`/v1/tasks/${TASK}`]: 'Buy milk', [`/v1/lists/${LIST}`]: 'Groceries' }[path];
        response.writeHead(title === undefined ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ title }));
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    stop.abort();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  function follow(options: Partial<TailOptions> = {}): Promise<unknown> {
    const terminal = output as unknown as NodeJS.WriteStream;
    const tail = new Tail({
      url: () => url,
      key: 'mono_key',
      json: false,
      output: terminal,
      note: (line) => notes.push(line),
      ...options,
    });
    return tail.follow(stop.signal).catch((error: unknown) => error);
  }

  test('prints a line per change, with the titles of the thing and its list', async () => {
    answers.push(stream(READY, eventOf('t1')));
    void follow({ types: ['task', 'list'], list: LIST });
    await until('it has printed the change', () => printed.includes('\n'));
    const time = new Date(AT).toTimeString().slice(0, 8);
    expect(stripVTControlCharacters(printed)).toBe(
      `${time}  updated   task      "Buy milk" in "Groceries": title, due_on  by api key ${ACTOR}\n`,
    );
    expect(requests[0]).toEqual({
      path: `/v1/changes/stream?types=task&types=list&list_id=${LIST}`,
      lastId: undefined,
      key: 'Bearer mono_key',
    });
    expect(notes).toEqual([`Following ${url} …`]);
  });

  test('connects again after a loss, from where it was, and says so', async () => {
    answers.push(
      lost(READY, eventOf('t1')),
      (_request, response) => void response.writeHead(503).end(),
      stream(eventOf('t2', change({ change: 'deleted', fields: [] })), READY),
    );
    void follow({ json: true, since: 'mine' });
    await until('it has the second change', () => printed.split('\n').length === 3 && notes.length === 3);
    const lines = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toEqual([
      Object.assign(change(), { token: 't1' }),
      Object.assign(change({ change: 'deleted', fields: [] }), { token: 't2' }),
    ]);
    expect(requests.map(({ lastId }) => lastId)).toEqual(['mine', 't1', 't1']);
    expect(notes).toEqual([
      `Following ${url} …`,
      expect.stringMatching(/^Lost the connection: .*\. Connecting again …$/),
      `Connected again to ${url}.`,
    ]);
  });

  test('says why the server has ended the stream', async () => {
    answers.push((request, response) => {
      stream(READY, 'event: end\ndata: {"code":"stopping","message":"The node stops."}')(request, response);
      response.end();
    }, stream(READY));
    void follow();
    await until('it is connected again', () => notes.length === 3);
    expect(notes[1]).toBe('The node stops. Connecting again …');
  });

  test('ends with the message of a refusal, and when nothing answers at first', async () => {
    answers.push((_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"error":{"code":"unauthorized","message":"A valid API key is required."}}');
    });
    expect(await follow()).toMatchObject({ message: 'A valid API key is required.' });
    const nobody = `http://127.0.0.1:${await freePort()}`;
    expect(await follow({ url: () => nobody })).toMatchObject({
      message: expect.stringMatching(`^Cannot follow ${nobody}: .*ECONNREFUSED`),
    });
  });

  test('ends quietly when it is stopped', async () => {
    answers.push(stream(READY));
    const ended = follow();
    await until('it follows', () => notes.length > 0);
    stop.abort();
    expect(await ended).toBeUndefined();
    expect(notes).toHaveLength(1);
  });
});

test('events are read across the parts in which they arrive', async () => {
  const bytes = new TextEncoder().encode(
    'retry: 7\n\n:\n\nid: a\nevent: change\ndata: {"title":"Käse"}\n\nid: b\n:\n\n',
  );
  const state: StreamState = { lastId: undefined, retryMs: 0 };
  const parts = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(parts, state, () => undefined)) events.push(event);
  expect(events).toEqual([{ name: 'change', data: '{"title":"Käse"}', id: 'a' }]);
  expect(state).toEqual({ lastId: 'b', retryMs: 7 });
});

describe('a line', () => {
  const terminal = new PassThrough() as unknown as NodeJS.WriteStream;

  test('shows ids where titles are unknown', () => {
    const line = lineOf(change({ change: 'deleted', fields: [] }), { thing: undefined, list: undefined }, terminal);
    expect(line).toContain(`deleted   task      ${TASK} in ${LIST}  by api key ${ACTOR}`);
  });

  test('does not repeat the id of a list as its own list', () => {
    const list = change({ type: 'list', thing_id: LIST });
    expect(lineOf(list, { thing: 'Groceries', list: 'Groceries' }, terminal)).not.toContain(' in ');
  });

  test('passes no control characters of a title to the terminal', () => {
    const line = lineOf(change(), { thing: 'a\u001B[2Jb\nc\u202Ed', list: '\u009B1m' }, terminal);
    expect(line).toContain('"a [2Jb c d" in " 1m"');
  });
});
