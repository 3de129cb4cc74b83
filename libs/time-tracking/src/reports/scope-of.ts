// Of which tasks the caller asks, as far as they reach.
import type { Principal } from '@mono/contract';
import type { Coverage } from '../../contract/report.js';
import { reachOf } from '../reach-of.js';
import type { Scope, TaskFilter } from '../persistence/scope.js';

const FILTERS = ['list_id', 'task_id', 'assignee_id', 'template_id', 'tag'] as const satisfies (keyof TaskFilter)[];

export function scopeOf(principal: Principal, query: Coverage): Scope {
  const filter: TaskFilter = {};
  for (const field of FILTERS) {
    const value = query[field];
    if (value !== undefined) filter[field] = value;
  }
  return { ...reachOf(principal), filter };
}
