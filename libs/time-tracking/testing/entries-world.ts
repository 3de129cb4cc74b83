// For tests of entries: one database for a file, emptied of entries before each test; and times that are near.
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import type { TimeEntry } from '../contract/index.js';
import { createTimeTrackingWorld, type TimeTrackingWorld } from './time-tracking-world.js';

const HOUR_MS = 60 * 60 * 1_000;
/** One moment for all tests of a file, whole seconds. */
const NOW_MS = Math.floor(Date.now() / 1_000) * 1_000;

/** RFC 3339, UTC with milliseconds. */
export function hoursAgo(hours: number): string {
  return new Date(NOW_MS - hours * HOUR_MS).toISOString();
}

/** @returns what leads to the world once it is there. */
export function entriesWorld(): () => TimeTrackingWorld {
  let world: TimeTrackingWorld;
  beforeAll(async () => {
    world = await createTimeTrackingWorld();
  });
  beforeEach(async () => {
    await world.database.query('TRUNCATE time_tracking.entry, time_tracking.settings, time_tracking.idempotency');
    await world.told();
  });
  afterAll(() => world?.end());
  return () => world;
}

/** From so many hours ago until so many hours ago. */
export async function worked(
  { entries }: TimeTrackingWorld,
  context: CallContext,
  from: number,
  to: number,
  more: { user_id?: string; task_id?: string; tags?: string[]; billable?: boolean } = {},
): Promise<TimeEntry> {
  return entries.createEntry({ started_at: hoursAgo(from), ended_at: hoursAgo(to), ...more }, context);
}

/** The same caller, limited to lists. */
export function limited(context: CallContext, ...listIds: string[]): CallContext {
  return { ...context, principal: { ...context.principal, listIds } };
}

/** The same caller with a header. */
export function keyed(context: CallContext, idempotencyKey: string): CallContext {
  return { ...context, idempotencyKey };
}

/** How many of the calls ended well, and the codes of those that did not. */
export async function outcomes(
  calls: readonly Promise<unknown>[],
): Promise<{ well: number; codes: Record<string, number> }> {
  const settled = await Promise.allSettled(calls);
  const codes: Record<string, number> = {};
  for (const call of settled) {
    if (call.status === 'fulfilled') continue;
    const { code, message } = call.reason as { code?: string; message: string };
    codes[code ?? message] = (codes[code ?? message] ?? 0) + 1;
  }
  return { well: settled.filter(({ status }) => status === 'fulfilled').length, codes };
}

/** Everything that is stored of entries and settings: for tests that nothing has changed. */
export async function stored({ database }: TimeTrackingWorld): Promise<object[]> {
  const entries = await database.query<object>('SELECT * FROM time_tracking.entry ORDER BY id');
  return [...entries, ...(await database.query<object>('SELECT * FROM time_tracking.settings ORDER BY workspace_id'))];
}
