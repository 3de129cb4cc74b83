// Nodes that run one module each, of which one is killed again and again, and a new one takes its place.
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild, type Child } from '../../support/child.ts';

const WORKER = resolve(import.meta.dirname, '../workers/module.ts');

interface Node {
  module: string;
  child: Child;
}

export class Nodes {
  kills = 0;
  private readonly nodes: Node[] = [];
  private readonly urls: readonly string[];
  private readonly pauseMs: number;

  /** @param urls of the database and of the bus. @param pauseMs between two kills. */
  constructor(urls: readonly string[], pauseMs: number) {
    this.urls = urls;
    this.pauseMs = pauseMs;
  }

  /** @param diesAfter so many statements of a transaction that writes history. */
  start(module: string, diesAfter?: number): Child {
    const child = startChild(process.execPath, [
      WORKER,
      module,
      ...this.urls,
      ...(diesAfter === undefined ? [] : [String(diesAfter)]),
    ]);
    this.nodes.push({ module, child });
    return child;
  }

  /** One after the other of those that are ready, at least so many and as long as `goesOn`. */
  async kill(count: number, goesOn: () => boolean): Promise<void> {
    const end = this.kills + count;
    while (this.kills < end || goesOn()) {
      await delay(this.pauseMs);
      const ready = this.nodes.filter(({ child }) => child.output().includes('ready'));
      const victim = ready[randomInt(Math.max(ready.length, 1))];
      // On a busy machine nodes take long to begin: some are to live.
      if (!victim || ready.length * 2 <= this.nodes.length) continue;
      await victim.child.kill('SIGKILL');
      this.nodes.splice(this.nodes.indexOf(victim), 1);
      this.start(victim.module);
      this.kills += 1;
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.nodes.map(({ child }) => child.kill('SIGKILL')));
  }
}
