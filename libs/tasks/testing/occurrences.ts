// For tests: occurrences to be made and revised, as recurrence asks for them.
import { uuidv7 } from 'uuidv7';
import type { CallContext } from '@mono/contract';
import type { OccurrenceContent, OccurrenceInput, OccurrenceRevision } from '../contract/index.js';

/** As plain data. */
export type Occurrence = Pick<OccurrenceInput, keyof OccurrenceInput>;
export type Content = Pick<OccurrenceContent, keyof OccurrenceContent>;

export function recurrenceIn(workspaceId: string): CallContext {
  return { principal: { kind: 'system', id: 'recurrence', workspaceId, scopes: ['*'] }, requestId: 'job' };
}

export function contentIn(listId: string, given: Partial<Content> = {}): Content {
  return {
    list_id: listId,
    title: 'Water the plants',
    description: 'All of them',
    priority: 'high',
    tags: ['home'],
    assignee_id: null,
    due_at: '2026-05-01T09:00:00.000Z',
    due_on: null,
    starts_on: '2026-05-01',
    timezone: 'Europe/Berlin',
    estimated_duration: 'PT15M',
    ...given,
  };
}

/** Days of one series, from 2026-05-01T09:00:00 on. */
export function occurrencesIn(
  listId: string,
  count: number,
  given: Partial<Occurrence> = {},
): [Occurrence, ...Occurrence[]] {
  const series = uuidv7();
  const made = Array.from({ length: count }, (_, day): Occurrence => {
    const start = new Date(Date.UTC(2026, 4, 1 + day, 9));
    return {
      ...contentIn(listId, { due_at: start.toISOString() }),
      task_id: datedId(start),
      revision: 1,
      template_id: series,
      series_id: series,
      original_start: start.toISOString().slice(0, 19),
      ...given,
    };
  });
  return made as [Occurrence, ...Occurrence[]];
}

/** UUIDv8: the date first, then what is anybody's guess. */
function datedId(date: Date): string {
  const ms = date.getTime().toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-8${uuidv7().slice(15)}`;
}

/** The next thing that is said of an occurrence: the same content, but for what is given. */
export function revisionOf(
  { task_id, template_id, series_id, original_start, revision, ...content }: Occurrence,
  given: Partial<Content> | null,
  said: Partial<Pick<OccurrenceRevision, keyof OccurrenceRevision>> = {},
): OccurrenceRevision {
  return {
    task_id,
    template_id,
    series_id,
    original_start,
    revision: revision + 1,
    content: given && { ...content, ...given },
    ...said,
  };
}
