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

/** To whose timer it is. */
export function timerForgotten({ name, since, title, timeZone }: TimerForgotten): Content {
  const task = title === null ? '' : oneLine(title);
  return layout({
    subject: task === '' ? 'Your timer is still running' : `Your timer is still running: ${task}`,
    name,
    before: [
      `Your timer has been running since ${timeText(since, timeZone)}${task === '' ? '' : ` on “${task}”`}.`,
      'If you have stopped working, stop it, or correct when its entry began and ended.',
    ],
    after: ['You get this mail once, because your timer runs for longer than is usual in your workspace.'],
  });
}
