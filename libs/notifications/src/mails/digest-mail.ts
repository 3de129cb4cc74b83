// The digest of a day: of the tasks that are still the user's when it is sent, in the workspaces of which the user is a member.
import type { Task } from '@mono/tasks/contract';
import type { DailyDigest } from '../../contract/index.js';
import { dayIn, endsOf, knownZone } from '../domain/digest.js';
import { isOpen } from '../domain/reminder.js';
import { findDigestTasks, SECTIONS, type DigestTask } from '../persistence/digests.js';
import { findPreferences } from '../persistence/preferences.js';
import { templates, type ListedTask } from '../templates/index.js';
import type { Write } from './account-mails.js';
import { listedTask } from './assignment-mails.js';
import { findListTitles, findTasks } from './lists.js';
import type { People } from './people.js';
import type { Sources } from './reminder-mails.js';

export type DigestFacts = Pick<DailyDigest, 'user_id' | 'day' | 'request_id'>;

/** In one section. Four sections are one request to tasks. */
const MAX_LISTED = 20;

export function digestMail({ database, bus, links }: Sources, now = Date.now): Write<DigestFacts> {
  return async (event, people) => {
    const { user_id: userId, day, request_id: requestId } = event;
    if (!(await findPreferences(database, userId)).daily_digest) return undefined;
    const user = await people.recipient(userId);
    if (!user) return undefined;
    const zone = knownZone(user.timezone);
    // The next digest replaces one that could not be sent on its day.
    if (dayIn(zone, now()) > day) return undefined;
    const found = await findDigestTasks(database, { userId, day, ...endsOf(day, zone) }, MAX_LISTED);
    const workspaces = await membershipsOf(userId, found, people);
    const rows = found.filter(({ workspace_id }) => workspaces.has(workspace_id));
    const listed = new Map<string, ListedTask>();
    for (const workspaceId of workspaces) {
      const ids = rows.filter(({ workspace_id }) => workspace_id === workspaceId).map(({ task_id }) => task_id);
      const tasks = [...(await findTasks(bus, workspaceId, ids, { requestId })).values()].filter(
        (task) => task.assignee_id === userId && isOpen(task.status),
      );
      const titles = await findListTitles(bus, workspaceId, tasks, { requestId });
      for (const task of tasks) listed.set(task.id, listedTask(task satisfies Task, titles));
    }
    const sections = sectionsOf(rows, listed);
    const [workspaceId] = workspaces;
    if (sections.length === 0 || workspaceId === undefined) return undefined;
    const unsubscribe = await links.linkTo({ userId, workspaceId, kind: 'daily_digest' });
    const content = templates.daily_digest({ name: user.name ?? '', day, sections, timeZone: zone, unsubscribe });
    return { to: user.address, unsubscribe, ...content };
  };
}

async function membershipsOf(userId: string, tasks: readonly DigestTask[], people: People): Promise<Set<string>> {
  const workspaces = new Set<string>();
  for (const workspaceId of new Set(tasks.map(({ workspace_id }) => workspace_id))) {
    if (await people.member(workspaceId, userId)) workspaces.add(workspaceId);
  }
  return workspaces;
}

function sectionsOf(rows: readonly DigestTask[], listed: ReadonlyMap<string, ListedTask>) {
  return SECTIONS.flatMap((name) => {
    const found = rows.filter(({ section }) => section === name);
    const tasks = found.flatMap(({ task_id }) => listed.get(task_id) ?? []);
    const more = Math.max(0, (found[0]?.total ?? 0) - found.length);
    return tasks.length === 0 ? [] : [{ name, tasks, more }];
  });
}
