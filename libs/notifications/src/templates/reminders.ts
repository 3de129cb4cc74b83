// Mails about due tasks and running timers.
import { layout, type Content } from './layout.js';
import { oneLine } from './sanitize.js';
import { dateText, timeText } from './time.js';

export interface TaskDueSoon {
  name: string;
  title: string;
  /** The title of its list; empty if unknown. */
  list: string;
  /** An instant (RFC 3339), or a day (`YYYY-MM-DD`). */
  due: { at: string } | { on: string };
  timeZone: string;
  unsubscribe: string;
}

export function taskDueSoon({ name, title, list, due, timeZone, unsubscribe }: TaskDueSoon): Content {
  const [task, place] = [oneLine(title), oneLine(list)];
  const when = 'at' in due ? timeText(due.at, timeZone) : dateText(due.on);
  return layout({
    subject: `Due soon: ${task}`,
    name,
    before: [`Your task “${task}”${place === '' ? '' : ` in the list “${place}”`} is due on ${when}.`],
    after: ['You receive reminders of tasks that are assigned to you, as your notification settings say.'],
    unsubscribe,
  });
}

export interface TimerForgotten {
  name: string;
  /** The start of the timer: an instant (RFC 3339). */
  since: string;
  /** The title of its task; null without a task. */
  title: string | null;
  timeZone: string;
  unsubscribe: string;
}

export function timerForgotten({ name, since, title, timeZone, unsubscribe }: TimerForgotten): Content {
  const task = title === null ? '' : oneLine(title);
  return layout({
    subject: task === '' ? 'Your timer is still running' : `Your timer is still running: ${task}`,
    name,
    before: [
      `Your timer has been running since ${timeText(since, timeZone)}${task === '' ? '' : ` on “${task}”`}.`,
      'If you have finished, stop the timer and correct the start and end of its entry.',
    ],
    after: ['You receive this mail once per timer, after the limit that your workspace has set.'],
    unsubscribe,
  });
}
