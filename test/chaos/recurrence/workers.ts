// Workers that are killed and replaced one after another.
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../support/api-client.ts';
import type { ServerProcess } from '../../support/server-process.ts';

const KILL_EVERY_MS = 1_000;

export class Workers {
  kills = 0;
  /** Seconds without a ready worker. */
  misses = 0;
  private readonly alive = new Set<ServerProcess>();
  private readonly starting: Promise<void>[] = [];
  private readonly start: () => Promise<ServerProcess>;

  constructor(start: () => Promise<ServerProcess>) {
    this.start = start;
  }

  async hire(count: number): Promise<void> {
    for (let hired = 0; hired < count; hired += 1) await this.hireOne();
  }

  /** Kills one ready worker per second up to `count`. Resolves when all are replaced. */
  async kill(count: number): Promise<void> {
    const end = this.kills + count;
    while (this.kills < end) {
      const next = Date.now() + KILL_EVERY_MS;
      await this.killOne();
      await delay(Math.max(next - Date.now(), 0));
    }
    await Promise.all(this.starting);
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.alive].map((worker) => worker.kill('SIGKILL')));
    this.kills += this.alive.size;
    this.alive.clear();
  }

  reachable(): ApiClient[] {
    return [...this.alive].map(({ api }) => api);
  }

  private async killOne(): Promise<void> {
    const all = [...this.alive];
    const victim = all[Math.floor(Math.random() * all.length)];
    if (!victim) {
      this.misses += 1;
      return;
    }
    this.alive.delete(victim);
    await victim.kill('SIGKILL');
    this.kills += 1;
    const started = this.hireOne();
    this.starting.push(started);
    // The failure is reported by the wait for all workers.
    started.catch(() => undefined);
  }

  private async hireOne(): Promise<void> {
    this.alive.add(await this.start());
  }
}
