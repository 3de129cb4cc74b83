// npx mono tail: follows the change feed over server-sent events, across losses of the connection.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Change } from '@mono/changes/contract';
import { lineOf } from './change-line.js';
import { readEvents, type ServerEvent, type StreamState } from './read-events.js';
import { Titles } from './titles.js';

export interface TailOptions {
  /** The URL of an instance; another one after a loss, if there is one. */
  url(): string;
  key: string;
  types?: readonly string[] | undefined;
  list?: string | undefined;
  since?: string | undefined;
  /** Whether to print the changes as they are, one JSON object per line. */
  json: boolean;
  output: NodeJS.WriteStream;
  /** Prints a notice for people. */
  note(line: string): unknown;
}

const RETRY_MS = 1_000;
/** Several heartbeats. */
const SILENCE_MS = 90_000;
const TRANSIENT = new Set([408, 425, 429]);

/** The server will not change its mind. */
class RefusedError extends Error {}

export class Tail {
  private readonly state: StreamState;
  private readonly titles: Titles;
  private url = '';
  private isConnected = false;
  private wasConnected = false;

  constructor(private readonly options: TailOptions) {
    this.state = { lastId: options.since, retryMs: RETRY_MS };
    this.titles = new Titles((path, signal) => this.get(path, signal));
  }

  /** @throws Error if the first connection fails, or the server refuses. */
  async follow(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      try {
        await this.connect(stopped);
        if (!stopped.aborted) this.notice('The server closed the connection');
      } catch (error) {
        if (stopped.aborted) return;
        if (error instanceof RefusedError) throw error;
        const reason = reasonOf(error);
        if (!this.wasConnected)
          throw this.url ? new Error(`Cannot follow ${this.url}: ${reason}`, { cause: error }) : error;
        this.notice(`Lost the connection: ${reason}`);
      }
      await delay(this.state.retryMs, undefined, { signal: stopped }).catch(() => undefined);
    }
  }

  private async connect(stopped: AbortSignal): Promise<void> {
    this.url = this.options.url();
    const silent = new AbortController();
    const timer = setTimeout(() => silent.abort(new Error('no heartbeat')), SILENCE_MS);
    try {
      const response = await fetch(this.address(), {
        headers: {
          accept: 'text/event-stream',
          authorization: `Bearer ${this.options.key}`,
          ...(this.state.lastId !== undefined && { 'last-event-id': this.state.lastId }),
        },
        signal: AbortSignal.any([stopped, silent.signal]),
      });
      if (response.status !== 200 || !response.body) throw await failureOf(response);
      const events = readEvents(response.body, this.state, () => timer.refresh());
      for await (const event of events) await this.handle(event, stopped);
    } finally {
      clearTimeout(timer);
    }
  }

  private async handle({ name, data, id }: ServerEvent, stopped: AbortSignal): Promise<void> {
    if (name === 'ready') this.ready();
    if (name === 'end') this.notice((JSON.parse(data) as { message: string }).message.replace(/\.$/, ''));
    if (name !== 'change') return;
    const change = JSON.parse(data) as Change;
    const line = this.options.json ? JSON.stringify(Object.assign(change, { token: id })) : await this.lineOf(change);
    if (!this.options.output.write(`${line}\n`)) await once(this.options.output, 'drain', { signal: stopped });
  }

  private ready(): void {
    if (!this.wasConnected) this.options.note(`Following ${this.url} …`);
    else if (!this.isConnected) this.options.note(`Connected again to ${this.url}.`);
    this.isConnected = true;
    this.wasConnected = true;
  }

  /** Once per loss. */
  private notice(reason: string): void {
    if (this.isConnected) this.options.note(`${reason}. Connecting again …`);
    this.isConnected = false;
  }

  private async lineOf(change: Change): Promise<string> {
    const { type, thing_id: id, list_id: listId, fields } = change;
    const isGone = change.change === 'deleted';
    const mayBeRenamed = fields.some((field) => field === 'title' || field === 'name');
    const thing = await this.titles.of(type, id, isGone || !mayBeRenamed);
    const list = listId === null ? undefined : await this.titles.of('list', listId, true);
    return lineOf(change, { thing, list }, this.options.output);
  }

  private address(): URL {
    const { types = [], list } = this.options;
    const url = new URL('/v1/changes/stream', this.url);
    for (const type of types) url.searchParams.append('types', type);
    if (list !== undefined) url.searchParams.set('list_id', list);
    return url;
  }

  private async get(path: string, signal: AbortSignal): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.options.key}` };
    const response = await fetch(new URL(path, this.url), { headers, signal });
    return response.ok ? response.json() : undefined;
  }
}

async function failureOf(response: Response): Promise<Error> {
  const { status } = response;
  const body = (await response.json().catch(() => undefined)) as Partial<{ error: { message: string } }> | undefined;
  const message = body?.error?.message ?? `The server answered ${status}.`;
  return status < 500 && !TRANSIENT.has(status) ? new RefusedError(message) : new Error(message);
}

/** The message of fetch is always the same; its cause says why. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string };
  return (inner || code || message).replace(/\.$/, '');
}
