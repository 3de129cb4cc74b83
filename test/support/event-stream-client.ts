// A client of server-sent events, as a browser reads them (https://html.spec.whatwg.org/multipage/server-sent-events.html).
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';

export interface ServerEvent {
  event: string;
  data: unknown;
  /** The last id before or in the event. */
  id: string | undefined;
}

export interface StreamOptions {
  key?: string | undefined;
  lastEventId?: string | undefined;
  headers?: Record<string, string>;
}

export class EventStreamClient {
  readonly events: ServerEvent[] = [];
  readonly comments: string[] = [];
  /** To continue from. */
  lastId: string | undefined;
  retryMs: number | undefined;
  isEnded = false;
  bytes = 0;
  /** Called with each event. */
  onEvent: ((event: ServerEvent) => void) | undefined;
  private rest = '';
  private readonly response: IncomingMessage;

  private constructor(response: IncomingMessage, lastId: string | undefined) {
    this.response = response;
    this.lastId = lastId;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.read(text));
    for (const event of ['end', 'close', 'error'])
      response.on(event, () => {
        this.isEnded = true;
      });
  }

  /** @throws Error for an answer that is no stream. */
  static async open(url: string, { key, lastEventId, headers = {} }: StreamOptions = {}): Promise<EventStreamClient> {
    const response = await answerOf(url, {
      accept: 'text/event-stream',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      ...headers,
    });
    if (response.statusCode === 200) return new EventStreamClient(response, lastEventId);
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += String(part);
    throw new Error(`${response.statusCode} ${text}`);
  }

  get headers(): IncomingMessage['headers'] {
    return this.response.headers;
  }

  named(name: string): ServerEvent[] {
    return this.events.filter(({ event }) => event === name);
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  close(): void {
    this.response.destroy();
  }

  private read(text: string): void {
    this.bytes += text.length;
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) this.dispatch(block.split('\n'));
  }

  private dispatch(lines: readonly string[]): void {
    let event = 'message';
    let data: string | undefined;
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (line.startsWith(':')) this.comments.push(line);
      else if (name === 'id') this.lastId = value;
      else if (name === 'retry') this.retryMs = Number(value);
      else if (name === 'event') event = value;
      else if (name === 'data') data = data === undefined ? value : `${data}\n${value}`;
    }
    if (data === undefined) return;
    const dispatched = { event, data: JSON.parse(data) as unknown, id: this.lastId };
    this.events.push(dispatched);
    this.onEvent?.(dispatched);
  }
}

async function answerOf(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const sent = request(url, { headers, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}
