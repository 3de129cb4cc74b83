// Filters in the language, beside the same questions by parameters.
import type { ListTasksQuery } from '@mono/tasks/contract';
import { ASSIGNEE, BIG_LIST } from '../size/fill.ts';

export type Question = Partial<Pick<ListTasksQuery, keyof ListTasksQuery> & { list_id: string }>;

export interface Pair {
  filter: string;
  parameters: Question;
  /** The order and the page of both. */
  page?: Question;
}

const [FROM, TO] = ['2026-11-01T00:00:00.000Z', '2026-11-08T00:00:00.000Z'];

export const PAIRS: readonly Pair[] = [
  { filter: 'priority >= high', parameters: { priority: ['high', 'urgent'] } },
  { filter: 'status:in_progress', parameters: { status: ['in_progress'] } },
  { filter: 'tag:tag150', parameters: { tag: ['tag150'] } },
  { filter: `assignee:${ASSIGNEE}`, parameters: { assignee_id: ASSIGNEE } },
  { filter: `list:${BIG_LIST}`, parameters: { list_id: BIG_LIST } },
  { filter: '"project000123"', parameters: { q: 'project000123' } },
  { filter: `created >= ${FROM}`, parameters: { created_after: FROM }, page: { order_dir: 'desc' } },
  {
    filter: `due >= ${FROM} & due < ${TO}`,
    parameters: { due_after: FROM, due_before: TO },
    page: { order_by: 'due_at' },
  },
  {
    filter: `status:(todo, in_progress) & priority >= high & assignee:${ASSIGNEE} & due < ${TO}`,
    parameters: {
      status: ['todo', 'in_progress'],
      priority: ['high', 'urgent'],
      assignee_id: ASSIGNEE,
      due_before: TO,
    },
    page: { order_by: 'due_at', limit: 100 },
  },
  {
    filter: `tag:(tag1, tag2) & status:todo & "noun7"`,
    parameters: { tag: ['tag1', 'tag2'], tag_mode: 'any', status: ['todo'], q: 'noun7' },
    page: { limit: 50 },
  },
];
