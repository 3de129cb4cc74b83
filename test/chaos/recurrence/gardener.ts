// A client that retries on all instances until one answers, and relies on acknowledged responses.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient, Answer, ErrorBody } from '../../support/api-client.ts';

const REQUEST_LIMIT_MS = 30_000;
const RETRY_PAUSE_MS = 100;
const NOT_NOW: ReadonlySet<number> = new Set([503, 504]);

export interface Asked<Body> {
  body: Body;
  /** Whether an earlier, unanswered attempt had succeeded. */
  done: boolean;
}

export class Gardener {
  requests = 0;
  retried = 0;
  private readonly instances: () => ApiClient[];

  constructor(instances: () => ApiClient[]) {
    this.instances = instances;
  }

  get<Body>(path: string): Promise<Body> {
    return this.ask<Body>('GET', path).then(({ body }) => body);
  }

  /**
   * @param gone the statuses that mean that an unanswered attempt had succeeded.
   * @throws Error for any other refusal.
   */
  async ask<Body>(method: string, path: string, body?: unknown, gone: readonly number[] = []): Promise<Asked<Body>> {
    const headers: Record<string, string> = method === 'POST' ? { 'idempotency-key': randomUUID() } : {};
    this.requests += 1;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.once<Body>(attempt, method, path, body, headers);
      if (answer && answer.status < 300) return { body: answer.body, done: false };
      if (answer && attempt > 0 && gone.includes(answer.status)) return { body: answer.body, done: true };
      if (answer && !isNotNow(answer)) {
        throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      this.retried += 1;
      await delay(RETRY_PAUSE_MS);
    }
  }

  /** @returns undefined without an answer. */
  private async once<Body>(
    attempt: number,
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer<Body> | undefined> {
    const instances = this.instances();
    const api = instances[(this.requests + attempt) % instances.length];
    if (!api) throw new Error('No instance is left.');
    try {
      const signal = AbortSignal.timeout(REQUEST_LIMIT_MS);
      return await api.request<Body>(method, path, { ...(body === undefined ? {} : { body }), headers, signal });
    } catch (error) {
      // By name: under Jest they come from another realm, where `instanceof` fails.
      if (['TypeError', 'TimeoutError', 'AbortError'].includes((error as Error).name)) return undefined;
      throw error;
    }
  }
}

function isNotNow({ status, body }: Answer): boolean {
  const { code } = ((body ?? {}) as Partial<ErrorBody>).error ?? {};
  return NOT_NOW.has(status) || code === 'idempotency_in_progress';
}
