// Planning of what was moved before it had a task: it is made by when it is to be, not by its date in the rule.
import type { Executor } from '@mono/platform';
import { startOf } from '../domain/content.js';
import { isUnsettled, wantedAgain } from '../domain/ledger.js';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { movedWithoutTask, saveOccurrences } from '../persistence/occurrence-rows.js';
import type { TemplateRow } from '../persistence/template-rows.js';

/** Of a row that is locked. @param leadMs how long before it starts each is made. @returns when there is more to plan. */
export async function planMoved(on: Executor, row: TemplateRow, leadMs: number, nowMs: number): Promise<Date | null> {
  const moved = await movedWithoutTask(on, row);
  const isDue = (one: OccurrenceRow): boolean => Date.parse(startOf(one)) < nowMs + leadMs;
  const due = moved.filter((one) => isDue(one) && !isUnsettled(one));
  await saveOccurrences(
    on,
    due.map((was) => ({ was, row: wantedAgain(was) })),
  );
  const waiting = moved.filter((one) => !due.includes(one));
  if (waiting.length === 0) return null;
  return new Date(Math.max(nowMs, Math.min(...waiting.map((one) => Date.parse(startOf(one)) - leadMs))));
}
