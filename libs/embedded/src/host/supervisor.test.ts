import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../../test/support/until.ts';
import type { EmbeddedServer } from './embedded-server.js';
import { Supervisor } from './supervisor.js';

class FakeServer implements EmbeddedServer {
  readonly name = 'NATS';
  readonly relocated = false;
  alive = true;
  serves = true;
  /** Answers that fail to come. */
  misses = 0;
  outdated: string | undefined;
  canStart = true;
  probes = 0;
  starts = 0;
  /** Looks after its process had ended. */
  looksWhenGone = 0;
  stops = 0;

  isRunning(): Promise<boolean> {
    this.probes += 1;
    if (!this.alive && this.starts === 0) this.looksWhenGone += 1;
    if (this.misses > 0) {
      this.misses -= 1;
      return Promise.resolve(false);
    }
    return Promise.resolve(this.alive && this.serves);
  }

  isAlive(): boolean {
    return this.alive;
  }

  isOutdated(): Promise<string | undefined> {
    return Promise.resolve(this.outdated);
  }

  ensureRunning(): Promise<void> {
    this.starts += 1;
    if (!this.canStart) return Promise.reject(new Error('The disk is full.'));
    Object.assign(this, { alive: true, serves: true, outdated: undefined });
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.stops += 1;
    this.alive = false;
    return Promise.resolve();
  }
}

describe('the supervisor of an embedded server', () => {
  let directory: string;
  let server: FakeServer;
  let supervisor: Supervisor;
  let lines: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-supervisor-'));
    server = new FakeServer();
    lines = [];
    supervisor = new Supervisor(
      join(directory, 'lock'),
      [server],
      (work) => work(),
      (line) => lines.push(line),
      () => () => {},
      { checkMs: 5, outdatedEveryMs: 10 },
    );
    supervisor.start();
    await until('it looks', () => server.probes > 0);
  });
  afterEach(async () => {
    supervisor.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('lets one that misses an answer go on', async () => {
    server.misses = 3;
    const { probes } = server;
    await until('it looks on', () => server.probes >= probes + 8);
    expect([server.starts, lines]).toEqual([0, []]);
  });

  test('restarts a server with a dead process at the first check', async () => {
    server.alive = false;
    await until('it is started', () => server.starts === 1);
    expect([server.looksWhenGone, lines]).toEqual([1, ['NATS has exited; restarting']]);
  });

  test('starts one again that lives and does not serve', async () => {
    server.serves = false;
    await until('it is started', () => server.starts === 1);
    expect(lines).toEqual(['NATS does not answer; restarting']);
  });

  test('starts one again that has outgrown its limit', async () => {
    server.outdated = 'its streams have more room now';
    await until('it is started', () => server.starts === 1);
    expect([server.stops, lines]).toEqual([1, ['Restarting NATS: its streams have more room now']]);
  });

  test('retries a server that cannot start with growing pauses, and logs it once', async () => {
    Object.assign(server, { alive: false, canStart: false });
    const { probes } = server;
    await until('it has been tried', () => server.starts >= 4);
    expect(server.probes - probes).toBeGreaterThan(server.starts);
    server.canStart = true;
    await until('it is there', () => server.alive);
    expect(lines).toEqual(['NATS has exited; restarting', 'Failed to restart NATS; retrying']);
  });
});
