// Clients that write through whichever instance answers, and know exactly what was acknowledged.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient, Answer, ErrorBody } from '../support/api-client.ts';

/** The event that an acknowledged write must have: version and title (null: deleted). */
export interface AcknowledgedWrite {
  taskId: string;
  version: number;
  kind: 'created' | 'changed' | 'deleted';
  title: string | null;
}

export interface LoadFigures {
  acknowledged: number;
  /** Retried requests, after no answer or 503. */
  retried: number;
  /** Retries of requests that had succeeded. */
  foundDone: number;
  longestWaitMs: number;
}

interface TaskState {
  id: string;
  version: number;
  title: string;
}

interface TaskBody {
  id: string;
  version: number;
  title: string;
}

const REQUEST_LIMIT_MS = 5_000;
const RETRY_PAUSE_MS = 50;
const MAX_OWN_TASKS = 6;

/** One client with its own tasks, so that it knows the state of each. */
export class LoadClient {
  readonly writes: AcknowledgedWrite[] = [];
  readonly tasks = new Map<string, TaskState>();
  readonly deleted = new Set<string>();
  readonly figures: LoadFigures = { acknowledged: 0, retried: 0, foundDone: 0, longestWaitMs: 0 };
  private count = 0;
  private readonly name: string;
  private readonly instances: () => ApiClient[];

  constructor(name: string, instances: () => ApiClient[]) {
    this.name = name;
    this.instances = instances;
  }

  async writeUntil(stopped: () => boolean): Promise<void> {
    while (!stopped()) await this.writeOnce();
  }

  private async writeOnce(): Promise<void> {
    this.count += 1;
    const begin = Date.now();
    const choice = (this.count * 7 + this.name.length) % 10;
    const [oldest] = this.tasks.values();
    if (!oldest || (choice < 3 && this.tasks.size < MAX_OWN_TASKS)) await this.create();
    else if (choice < 5 && this.tasks.size > 2) await this.remove(oldest);
    else await this.change([...this.tasks.values()][this.count % this.tasks.size] ?? oldest);
    this.figures.acknowledged += 1;
    this.figures.longestWaitMs = Math.max(this.figures.longestWaitMs, Date.now() - begin);
  }

  private async create(): Promise<void> {
    const title = `${this.name} creates ${this.count}`;
    // The key returns the stored response if an unanswered request had succeeded.
    const key = randomUUID();
    const { status, body } = await this.persist<TaskBody>((api, signal) =>
      api.request('POST', '/v1/tasks', { body: { title }, headers: { 'idempotency-key': key }, signal }),
    );
    if (status !== 201) throw unexpected('create', status, body);
    this.tasks.set(body.id, { id: body.id, version: body.version, title });
    this.writes.push({ taskId: body.id, version: body.version, kind: 'created', title });
  }

  private async change(task: TaskState): Promise<void> {
    const title = `${this.name} changes ${this.count}`;
    const version = task.version + 1;
    const { status, body, repeated } = await this.persist<TaskBody>((api, signal) =>
      api.request('PATCH', `/v1/tasks/${task.id}`, {
        body: { title },
        headers: { 'if-match': `"${task.version}"` },
        signal,
      }),
    );
    // No other client writes this task, so that 412 after an unanswered attempt means that it succeeded.
    if (repeated && status === 412) this.figures.foundDone += 1;
    else if (status !== 200 || body.version !== version) throw unexpected('change', status, body);
    this.tasks.set(task.id, { id: task.id, version, title });
    this.writes.push({ taskId: task.id, version, kind: 'changed', title });
  }

  private async remove(task: TaskState): Promise<void> {
    const { status, body, repeated } = await this.persist((api, signal) =>
      api.request('DELETE', `/v1/tasks/${task.id}`, { headers: { 'if-match': `"${task.version}"` }, signal }),
    );
    if (repeated && status === 404) this.figures.foundDone += 1;
    else if (status !== 204) throw unexpected('delete', status, body);
    this.tasks.delete(task.id);
    this.deleted.add(task.id);
    this.writes.push({ taskId: task.id, version: task.version + 1, kind: 'deleted', title: null });
  }

  /** Tries one instance after the other until one does not answer with a transient error. */
  private async persist<Body>(
    send: (api: ApiClient, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer<Body> & { repeated: boolean }> {
    for (let attempt = 0; ; attempt += 1) {
      const instances = this.instances();
      const api = instances[(this.count + attempt) % instances.length];
      try {
        if (!api) throw new Error('No instance is left.');
        const answer = await send(api, AbortSignal.timeout(REQUEST_LIMIT_MS));
        const { code } = ((answer.body ?? {}) as Partial<ErrorBody>).error ?? {};
        if (answer.status !== 503 && code !== 'idempotency_in_progress')
          return { ...(answer as Answer<Body>), repeated: attempt > 0 };
      } catch (error) {
        if (!isUnanswered(error)) throw error;
      }
      this.figures.retried += 1;
      await delay(RETRY_PAUSE_MS);
    }
  }
}

/** Failures of fetch, by name: under Jest they come from another realm, where `instanceof` fails. */
function isUnanswered(error: unknown): boolean {
  const { name } = (error ?? {}) as Partial<Error>;
  return name === 'TypeError' || name === 'TimeoutError' || name === 'AbortError';
}

function unexpected(what: string, status: number, body: unknown): Error {
  return new Error(`${what} was answered with ${status}: ${JSON.stringify(body)}`);
}
