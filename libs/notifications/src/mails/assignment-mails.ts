// The mail about new assignments: of those that still hold when it is sent.
import type { Task } from '@mono/tasks/contract';
import type { TasksAssigned } from '../../contract/index.js';
import { isOpen } from '../domain/reminder.js';
import { findAnnounced, type AnnouncedTask } from '../persistence/assignments.js';
import { findPreferences } from '../persistence/preferences.js';
import { templates, type ListedTask } from '../templates/index.js';
import type { Write } from './account-mails.js';
import { findListTitles, findTasks, MAX_TASKS } from './lists.js';
import type { People } from './people.js';
import type { Sources } from './reminder-mails.js';

export type AssignedFacts = Pick<TasksAssigned, 'id' | 'workspace_id' | 'user_id' | 'request_id'>;

/** In one mail. */
const MAX_LISTED = 20;
const KEY = 'An API key';
const FORMER_MEMBER = 'A former member';

export function assignmentMail({ database, bus, links }: Sources): Write<AssignedFacts> {
  return async (event, people) => {
    const { workspace_id: workspaceId, user_id: userId, request_id: requestId } = event;
    if (!(await findPreferences(database, userId)).task_assigned) return undefined;
    const announced = await findAnnounced(database, workspaceId, event.id);
    const checked = announced.slice(0, MAX_TASKS);
    const ids = checked.map(({ task_id }) => task_id);
    const tasks = await findTasks(bus, workspaceId, ids, { requestId });
    const held = checked.flatMap((assignment) => {
      const task = tasks.get(assignment.task_id);
      return task && task.assignee_id === userId && isOpen(task.status) ? [{ assignment, task }] : [];
    });
    if (held.length === 0) return undefined;
    const member = await people.member(workspaceId, userId);
    if (!member) return undefined;
    const listed = held.slice(0, MAX_LISTED);
    const titles = await findListTitles(
      bus,
      workspaceId,
      listed.map(({ task }) => task),
      { requestId },
    );
    const names = await namesOf(
      held.map(({ assignment }) => assignment),
      people,
    );
    const unsubscribe = await links.linkTo({ userId, workspaceId, kind: 'task_assigned' });
    const content = templates.task_assigned({
      name: member.name ?? '',
      assigner: names.size === 1 ? ([...names.values()][0] ?? null) : null,
      tasks: listed.map(({ assignment, task }) =>
        Object.assign(listedTask(task, titles), { by: names.get(nameKey(assignment)) ?? '' }),
      ),
      total: held.length + announced.length - checked.length,
      timeZone: member.timezone,
      unsubscribe,
    });
    return { to: member.address, unsubscribe, ...content };
  };
}

export function listedTask(
  { title, list_id, due_at, due_on }: Pick<Task, 'title' | 'list_id' | 'due_at' | 'due_on'>,
  titles: ReadonlyMap<string, string>,
): ListedTask {
  const due = due_at === null ? (due_on === null ? undefined : { on: due_on }) : { at: due_at };
  return { title, list: titles.get(list_id) ?? '', due };
}

function nameKey({ assigner_kind, assigner_id }: AnnouncedTask): string {
  return assigner_kind === 'user' ? assigner_id : KEY;
}

/** By nameKey(). All keys are one, since only admins see the names of keys. */
async function namesOf(assignments: readonly AnnouncedTask[], people: People): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const key of new Set(assignments.map(nameKey))) {
    const name = key === KEY ? KEY : (await people.contact(key))?.name;
    names.set(key, name ?? FORMER_MEMBER);
  }
  return names;
}
