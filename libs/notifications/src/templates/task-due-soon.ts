import { layout, type Content } from './layout.js';
import { dateText, timeText } from './time.js';
import { oneLine } from './words.js';

export interface TaskDueSoon {
  name: string;
  title: string;
  /** An instant (RFC 3339), or a day (`YYYY-MM-DD`). */
  due: { at: string } | { on: string };
  timeZone: string;
}

export function taskDueSoon({ name, title, due, timeZone }: TaskDueSoon): Content {
  const task = oneLine(title);
  const when = 'at' in due ? timeText(due.at, timeZone) : dateText(due.on);
  return layout({
    subject: `Due soon: ${task}`,
    name,
    before: [`Your task “${task}” is due on ${when}.`],
    after: ['You receive reminders for tasks assigned to you. Turn them off in your notification settings.'],
  });
}
