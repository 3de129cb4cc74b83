// The metrics of a node for Prometheus.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Pool } from 'pg';
import type { ShareCounts } from '../database/connection-shares.js';

const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Unknown routes and methods share one label, so that clients cannot increase the number of series. */
const OTHER = 'other';
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export class Metrics {
  readonly registry = new Registry();
  private readonly families = new Map<string, Map<string, () => number | Promise<number>>>();
  private readonly latency = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its response, by route template, method and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: LATENCY_SECONDS,
    registers: [this.registry],
  });

  private readonly handled = new Histogram({
    name: 'bus_handler_duration_seconds',
    help: 'Time that handlers took, by kind, subject of the contract, and whether they failed.',
    labelNames: ['kind', 'subject', 'failed'],
    buckets: LATENCY_SECONDS,
    registers: [this.registry],
  });
  private readonly jobs = new Histogram({
    name: 'job_duration_seconds',
    help: 'Time that attempts at jobs took, by queue, and whether they failed.',
    labelNames: ['queue', 'failed'],
    buckets: [...LATENCY_SECONDS, 30, 60, 300],
    registers: [this.registry],
  });
  private readonly observers = {
    request: new Map<string, (error: Error | undefined, ms: number) => void>(),
    event: new Map<string, (error: Error | undefined, ms: number) => void>(),
  };

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    const delay = monitorEventLoopDelay({ resolution: 20 });
    delay.enable();
    this.gauge('event_loop_delay_p99_seconds', 'Event loop delay since the last scrape, 99th percentile.', () => {
      const seconds = delay.percentile(99) / 1e9;
      delay.reset();
      return Number.isFinite(seconds) ? seconds : 0;
    });
  }

  observeRequest(method: string, route: string | undefined, status: number, seconds: number): void {
    this.latency.observe({ method: METHODS.has(method) ? method : OTHER, route: route ?? OTHER, status }, seconds);
  }

  /** Returns a function to call with the outcome of a handler; the same one for the same subject. */
  busObserver(kind: 'request' | 'event', subject: string): (error: Error | undefined, ms: number) => void {
    const observers = this.observers[kind];
    let observe = observers.get(subject);
    if (!observe) {
      const [fine, failed] = ['false', 'true'].map((label) => this.handled.labels(kind, subject, label));
      observe = (error, ms) => (error ? failed : fine)?.observe(ms / 1_000);
      observers.set(subject, observe);
    }
    return observe;
  }

  /** Returns a function to call with the outcome of an attempt of a job of this queue. */
  jobObserver(queue: string): (error: Error | undefined, ms: number) => void {
    const [fine, failed] = ['false', 'true'].map((label) => this.jobs.labels(queue, label));
    return (error, ms) => (error ? failed : fine)?.observe(ms / 1_000);
  }

  /** A value that is read at each scrape, and omitted if it cannot be read. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    this.registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        async collect() {
          try {
            this.set(await read());
          } catch {
            this.reset();
          }
        },
      }),
    );
  }

  /** One member of a shared family, read at each scrape. */
  member(name: string, help: string, label: string, value: string, read: () => number | Promise<number>): void {
    let members = this.families.get(name);
    if (!members) {
      const made = new Map<string, () => number | Promise<number>>();
      this.families.set(name, (members = made));
      this.gauges(name, help, label, async () =>
        Object.fromEntries(await Promise.all([...made].map(async ([member, now]) => [member, await now()] as const))),
      );
    }
    members.set(value, read);
  }

  /** A family of values, one per label, read at each scrape. */
  gauges(name: string, help: string, label: string, read: () => Promise<Readonly<Record<string, number>>>): void {
    this.registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [],
        async collect() {
          this.reset();
          try {
            for (const [value, count] of Object.entries(await read())) this.set({ [label]: value }, count);
          } catch {
            this.reset();
          }
        },
      }),
    );
  }

  watchPools(pools: Readonly<Record<string, Pool>>): void {
    const read = (of: (pool: Pool) => number) => async () =>
      Object.fromEntries(Object.entries(pools).map(([module, pool]) => [module, of(pool)]));
    this.gauges(
      'db_pool_connections',
      'Open connections of a module’s pool.',
      'module',
      read((pool) => pool.totalCount),
    );
    this.gauges(
      'db_pool_idle',
      'Idle connections of a module’s pool.',
      'module',
      read((pool) => pool.idleCount),
    );
    this.gauges(
      'db_pool_waiting',
      'Callers that wait for a connection of a module’s pool.',
      'module',
      read((pool) => pool.waitingCount),
    );
  }

  /** The use of a module's connections by the kind of query. There is no label for workspaces, whose number is unlimited. */
  watchShares(modules: Readonly<Record<string, () => ReadonlyMap<string, ShareCounts>>>): void {
    const families: [keyof ShareCounts, string][] = [
      [
        'running',
        'Queries that run, by module and kind; `ordinary` are all statements, the expensive ones among them.',
      ],
      ['waiting', 'Queries that wait for their turn, by module and kind.'],
      ['refused', 'Queries that this node has refused or kept waiting for too long, by module and kind.'],
    ];
    for (const [count, help] of families) {
      this.registry.registerMetric(
        new Gauge({
          name: `db_queries_${count}`,
          help,
          labelNames: ['module', 'kind'],
          registers: [],
          collect() {
            this.reset();
            for (const [module, read] of Object.entries(modules))
              for (const [kind, counts] of read()) this.set({ module, kind }, counts[count]);
          },
        }),
      );
    }
  }
}
