import { layout, type Content } from './layout.js';
import { timeText } from './time.js';
import { oneLine } from './words.js';

export interface TimerForgotten {
  name: string;
  /** Since when it runs: an instant (RFC 3339). */
  since: string;
  /** Of the task that it runs on; null where there is none, or it is not known. */
  title: string | null;
  timeZone: string;
}

export function timerForgotten({ name, since, title, timeZone }: TimerForgotten): Content {
  const task = title === null ? '' : oneLine(title);
  return layout({
    subject: task === '' ? 'Your timer is still running' : `Your timer is still running: ${task}`,
    name,
    before: [
      `Your timer has been running since ${timeText(since, timeZone)}${task === '' ? '' : ` on “${task}”`}.`,
      'If you have finished, stop the timer and correct the start and end of its entry.',
    ],
    after: ['You receive this mail once per timer, after the limit that your workspace has set.'],
  });
}
