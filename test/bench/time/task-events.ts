// Events of tasks as tasks writes them: made, moved through statuses, changed in between, a few deleted; the lives of many
// tasks mingled.
import { uuidv7 } from 'uuidv7';
import type { TasksEvent } from '@mono/tasks/contract';
import {
  changesBetween,
  eventOf,
  NO_OCCURRENCE,
  TASK_DEFAULTS,
  type TaskState,
} from '../../../libs/tasks/src/domain/task-state.ts';

/** Tasks whose lives go on side by side. */
const AT_ONCE = 5_000;
const CHANGES = 9;
const WORKSPACES = 20;
const MEMBERS = 50;
const BEGINNING = Date.parse('2026-01-05T08:00:00.000Z');

const ids = (count: number): string[] => Array.from({ length: count }, () => uuidv7());
const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;
const places = ids(WORKSPACES).map((workspace) => ({ workspace, lists: ids(10), members: ids(MEMBERS) }));

export function taskEvents(count: number): TasksEvent[] {
  const events: TasksEvent[] = [];
  let lives: Generator<TasksEvent, void>[] = [];
  for (let ms = BEGINNING; events.length < count; ms += 50) {
    while (lives.length < AT_ONCE) lives.push(life());
    const index = Math.floor(Math.random() * lives.length);
    const next = lives[index]?.next();
    if (!next || next.done) lives = lives.filter((_life, other) => other !== index);
    else events.push(Object.assign(next.value, { occurred_at: new Date(ms).toISOString() }));
  }
  return events;
}

/** Its creation, and nine changes: every other one of the status, the others of what else there is. */
function* life(): Generator<TasksEvent, void> {
  const { workspace, lists, members } = pick(places);
  const id = uuidv7();
  let state: TaskState | undefined;
  for (let version = 1; version <= CHANGES + 1; version += 1) {
    const next = state ? changed(state, version, lists, members) : made(pick(lists));
    yield {
      id: uuidv7(),
      version,
      occurred_at: '',
      event: state === undefined ? 'created' : next === undefined ? 'deleted' : eventOf(state, next),
      aggregate: 'task',
      aggregate_id: id,
      workspace_id: workspace,
      actor: { kind: 'user', id: pick(members) },
      request_id: uuidv7(),
      origin: 'user',
      changes: changesBetween(state, next),
    };
    if (next === undefined) return;
    state = next;
  }
}

function made(list: string): TaskState {
  const title = `Water the plants ${Math.floor(Math.random() * 100_000)}`;
  const position = uuidv7().replaceAll('-', '');
  return {
    ...TASK_DEFAULTS,
    ...NO_OCCURRENCE,
    list_id: list,
    title,
    position,
    tags: ['garden'],
    estimated_duration: 'PT2H',
  };
}

function changed(
  state: TaskState,
  version: number,
  lists: readonly string[],
  members: readonly string[],
): TaskState | undefined {
  if (version > CHANGES) return Math.random() < 0.2 ? undefined : { ...state, status: 'done' };
  if (version % 2 === 1) return { ...state, status: state.status === 'in_progress' ? 'blocked' : 'in_progress' };
  return pick<() => TaskState>([
    () => ({ ...state, title: `${state.title}, again` }),
    () => ({ ...state, assignee_id: pick(members) }),
    () => ({ ...state, list_id: pick(lists), position: uuidv7().replaceAll('-', '') }),
    () => ({ ...state, tags: ['garden', `tag${Math.floor(Math.random() * 50)}`] }),
    () => ({ ...state, due_at: '2026-05-01T09:00:00.000Z' }),
    () => ({ ...state, description: 'As it was said on the telephone: all of them, and twice where the sun shines.' }),
  ])();
}
