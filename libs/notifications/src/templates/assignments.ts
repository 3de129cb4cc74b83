// The mail about tasks that somebody assigns.
import { layout, type Content } from './layout.js';
import { oneLine } from './sanitize.js';
import { dateText, timeOfDayText, timeText, zoneText } from './time.js';

export interface ListedTask {
  title: string;
  /** The title of its list; empty if unknown. */
  list: string;
  /** An instant (RFC 3339), or a day (`YYYY-MM-DD`). */
  due: { at: string } | { on: string } | undefined;
}

export interface AssignedTasks {
  name: string;
  /** null for several. */
  assigner: string | null;
  /** At least one. */
  tasks: readonly (ListedTask & { by: string })[];
  /** The number of tasks, including those that are not listed. */
  total: number;
  timeZone: string;
  unsubscribe: string;
}

export function assignedTasks(data: AssignedTasks): Content {
  const [task] = data.tasks;
  return task && data.total === 1 ? oneTask(data, task) : severalTasks(data);
}

const WHY = 'You receive this mail when somebody else assigns tasks to you.';

function oneTask({ name, timeZone, unsubscribe }: AssignedTasks, task: AssignedTasks['tasks'][number]): Content {
  const { due } = task;
  const [by, title, list] = [oneLine(task.by), oneLine(task.title), oneLine(task.list)];
  const when = due && ('at' in due ? timeText(due.at, timeZone) : dateText(due.on));
  return layout({
    subject: `${by} assigned you a task: ${title}`,
    name,
    before: [
      `${by} assigned you the task “${title}”${list === '' ? '' : ` in the list “${list}”`}.`,
      ...(when === undefined ? [] : [`It is due on ${when}.`]),
    ],
    after: [WHY],
    unsubscribe,
  });
}

function severalTasks({ name, assigner, tasks, total, timeZone, unsubscribe }: AssignedTasks): Content {
  const whole =
    assigner === null ? `${total} tasks were assigned to you` : `${oneLine(assigner)} assigned you ${total} tasks`;
  const items = tasks.map((task) => {
    const by = assigner === null ? `, by ${oneLine(task.by)}` : '';
    return `${taskText(task, timeZone)}${by}`;
  });
  return layout({
    subject: whole,
    name,
    before: [`${whole}:`],
    sections: [{ title: '', items: [...items, ...moreText(total - tasks.length)] }],
    after: [...timesText(tasks, timeZone), WHY],
    unsubscribe,
  });
}

/** `Bake bread (Home), due on Friday, 21 November 2025, 14:05`. */
export function taskText(task: ListedTask, timeZone: string, dueWords = 'due on'): string {
  const { due } = task;
  if (due === undefined) return placeText(task);
  const when = 'at' in due ? timeText(due.at, timeZone, { namesZone: false }) : dateText(due.on);
  return `${placeText(task)}, ${dueWords} ${when}`;
}

/** `Bake bread (Home), 14:05`, where the day is clear. */
export function taskTextOfDay(task: ListedTask, timeZone: string): string {
  const { due } = task;
  return due && 'at' in due ? `${placeText(task)}, ${timeOfDayText(due.at, timeZone)}` : placeText(task);
}

function placeText({ title, list }: ListedTask): string {
  return list === '' ? oneLine(title) : `${oneLine(title)} (${oneLine(list)})`;
}

export function moreText(more: number): string[] {
  return more > 0 ? [`and ${more} more`] : [];
}

/** Names the zone once, if there is a time. */
export function timesText(tasks: readonly ListedTask[], timeZone: string): string[] {
  return tasks.some(({ due }) => due && 'at' in due) ? [`Times are in the time zone ${zoneText(timeZone)}.`] : [];
}
