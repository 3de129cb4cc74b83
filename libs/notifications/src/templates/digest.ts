// The daily digest.
import { moreText, taskText, taskTextOfDay, timesText, type ListedTask } from './assignments.js';
import { layout, type Content } from './layout.js';
import { dateText } from './time.js';

export interface DigestSection {
  name: 'overdue' | 'today' | 'tomorrow' | 'assigned';
  tasks: readonly ListedTask[];
  /** How many more there are. */
  more: number;
}

export interface Digest {
  name: string;
  /** `YYYY-MM-DD`. */
  day: string;
  /** At least one. */
  sections: readonly DigestSection[];
  timeZone: string;
  unsubscribe: string;
}

const TITLES: Readonly<Record<DigestSection['name'], string>> = {
  overdue: 'Overdue',
  today: 'Due today',
  tomorrow: 'Due tomorrow',
  assigned: 'Newly assigned',
};
/** As in “2 overdue, 1 due today”. */
const COUNTS: Readonly<Record<DigestSection['name'], string>> = {
  overdue: 'overdue',
  today: 'due today',
  tomorrow: 'due tomorrow',
  assigned: 'newly assigned',
};

const TEXTS: Readonly<Record<DigestSection['name'], (task: ListedTask, timeZone: string) => string>> = {
  overdue: (task, timeZone) => taskText(task, timeZone, 'was due on'),
  today: taskTextOfDay,
  tomorrow: taskTextOfDay,
  assigned: taskText,
};

export function dailyDigest({ name, day, sections, timeZone, unsubscribe }: Digest): Content {
  const counts = sections.map((section) => `${section.tasks.length + section.more} ${COUNTS[section.name]}`);
  return layout({
    subject: `Your tasks: ${counts.join(', ')}`,
    name,
    before: [`Here are your tasks for ${dateText(day)}.`],
    sections: sections.map((section) => ({
      title: TITLES[section.name],
      items: [...section.tasks.map((task) => TEXTS[section.name](task, timeZone)), ...moreText(section.more)],
    })),
    after: [
      ...timesText(
        sections.flatMap(({ tasks }) => tasks),
        timeZone,
      ),
      'You receive at most one such mail a day.',
    ],
    unsubscribe,
  });
}
