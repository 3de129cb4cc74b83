// How tasks flow: what was completed in a time, how long it took, and where the time went.
import { zoneOf, type CallContext } from '@mono/contract';
import type { SharingExecutor } from '@mono/platform';
import { TASK_STATUSES, type TaskStatus } from '@mono/tasks/contract';
import type { Distribution, FlowQuery, TimeFlow } from '../../contract/report.js';
import { durationText } from '../domain/duration.js';
import { periodsOf } from '../domain/periods.js';
import { windowOf } from '../domain/window.js';
import { findFlow, type FlowFound, type Spread } from '../persistence/flow-rows.js';
import { withinTimeLimit } from '../persistence/within-time-limit.js';
import { scopeOf } from './scope-of.js';

const RATIO_DIGITS = 4;

/** @param limitMs how long the database may work on it. */
export async function flowOf(
  database: SharingExecutor,
  limitMs: number,
  context: CallContext,
  query: FlowQuery,
): Promise<TimeFlow> {
  const { tz = zoneOf(context.principal), week = 'iso' } = query;
  const window = windowOf(query, tz);
  const weeks = periodsOf('week', window, week);
  const found = await withinTimeLimit(database, { kind: 'flow', context, limitMs }, (on) =>
    findFlow(on, { scope: scopeOf(context.principal, query), window, weeks: weeks.map(({ start }) => start) }),
  );
  const completed = new Map(found.throughput.map(({ week, completed }) => [week, completed]));
  return {
    from: new Date(window.from).toISOString(),
    to: new Date(window.to).toISOString(),
    tz,
    completed: found.completed,
    lead_time: toDistribution(found.lead_time),
    cycle_time: toDistribution(found.cycle_time),
    statuses: toStatuses(found),
    throughput: weeks.map(({ name }, index) => ({ week: name, completed: completed.get(index + 1) ?? 0 })),
    estimates: toAccuracy(found),
  };
}

function toDistribution(spread: Spread | null): Distribution | null {
  if (!spread) return null;
  const { mean, p50, p85, p95 } = spread;
  return { mean: text(mean), p50: text(p50), p85: text(p85), p95: text(p95) };
}

/** In the order in which tasks usually go through them. */
function toStatuses({ statuses, completed }: FlowFound): TimeFlow['statuses'] {
  const order: readonly string[] = TASK_STATUSES;
  return statuses
    .sort((one, other) => order.indexOf(one.status) - order.indexOf(other.status))
    .map(({ status, total }) => ({
      status: status as TaskStatus,
      total: text(total),
      mean: text(total / completed),
    }));
}

function toAccuracy({ estimates }: FlowFound): TimeFlow['estimates'] {
  const { tasks, estimated, worked, median_ratio: ratio } = estimates;
  return {
    tasks,
    estimated: text(estimated),
    worked: text(worked),
    median_ratio: ratio === null ? null : Number(ratio.toFixed(RATIO_DIGITS)),
  };
}

function text(ms: number): string {
  return durationText(Math.round(ms));
}
