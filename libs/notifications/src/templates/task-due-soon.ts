import { layout, type Content } from './layout.js';
import { dateText, timeText } from './time.js';
import { oneLine } from './words.js';

export interface TaskDueSoon {
  name: string;
  title: string;
  listName?: string | undefined;
  /** An instant (RFC 3339), or a day (`YYYY-MM-DD`). */
  due: { at: string } | { on: string };
  timeZone: string;
  link: string;
}

/** To who has the task. */
export function taskDueSoon({ name, title, listName, due, timeZone, link }: TaskDueSoon): Content {
  const task = oneLine(title);
  const list = listName === undefined ? '' : ` in “${oneLine(listName)}”`;
  const when = 'at' in due ? timeText(due.at, timeZone) : dateText(due.on);
  return layout({
    subject: `Due soon: ${task}`,
    name,
    before: [`Your task “${task}”${list} is due on ${when}.`],
    action: { label: 'Open the task', link },
    after: [],
  });
}
