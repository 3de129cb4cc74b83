// The queries of the benchmark: those that must not slow down with the size of the workspace, and others for comparison.
import { TASK_ORDERS, type TaskQuery } from '../../../libs/tasks/contract/index.js';
import { ASSIGNEE, BIG_LIST, SMALL_LIST } from './fill.ts';

export type Question = Pick<TaskQuery, keyof TaskQuery>;

const ORDERS = TASK_ORDERS;
const DIRECTIONS = ['asc', 'desc'] as const;

const orders = (where: string, filter: Question): [string, Question][] =>
  ORDERS.flatMap((order_by) =>
    DIRECTIONS.map((order_dir): [string, Question] => [
      `${where} by ${order_by} ${order_dir}`,
      { ...filter, order_by, order_dir },
    ]),
  );

/** p50 within twice that of 10 k tasks, at any size. */
export const NAMED: ReadonlyMap<string, Question> = new Map<string, Question>([
  ...orders('workspace', {}),
  ...orders('large list', { list_id: BIG_LIST }),
  ['small list', { list_id: SMALL_LIST }],
  ['status todo', { status: ['todo'] }],
  ['status archived', { status: ['archived'] }],
  ['priority urgent', { priority: ['urgent'] }],
  ['tag, frequent', { tag: ['tag0'] }],
  ['tag, rare', { tag: ['release100'] }],
  ['assignee', { assignee_id: ASSIGNEE }],
  ['due window', { due_after: '2026-03-01T00:00:00Z', due_before: '2026-03-15T00:00:00Z', order_by: 'due_at' }],
  ['q, selective', { q: 'project000077' }],
  ['q, selective, two words', { q: 'about project000077' }],
]);

/** Queries that must only meet the time limit. */
export const OTHERS: ReadonlyMap<string, Question> = new Map<string, Question>([
  ['q, a word of every eighth task', { q: 'review' }],
  ['q, frequent words, by title', { q: 'review noun', order_by: 'title' }],
  ['q, a word that is nowhere', { q: 'xylophone' }],
  ['tag of some in a hundred, by updated_at', { tag: ['tag100'], order_by: 'updated_at', order_dir: 'desc' }],
  ['two tags', { tag: ['tag0', 'release100'] }],
  ['assignee, by due_at', { assignee_id: ASSIGNEE, order_by: 'due_at' }],
  [
    'due window, by title',
    { due_after: '2026-03-01T00:00:00Z', due_before: '2026-03-15T00:00:00Z', order_by: 'title' },
  ],
  ['completed window', { completed_after: '2026-03-01T00:00:00Z', completed_before: '2026-03-02T00:00:00Z' }],
  ['archived, by title', { status: ['archived'], order_by: 'title' }],
  ['all statuses', { status: ['todo', 'in_progress', 'blocked', 'done', 'archived', 'cancelled'] }],
  ['offset 10 000', { offset: 10_000 }],
  ['offset 10 000, by due_at desc', { offset: 10_000, order_by: 'due_at', order_dir: 'desc' }],
  ['count=exact of the workspace', { count: 'exact' }],
  ['count=exact of the large list', { count: 'exact', list_id: BIG_LIST }],
  ['count=exact of done and urgent', { count: 'exact', status: ['done'], priority: ['urgent'] }],
]);
