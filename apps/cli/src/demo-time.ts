// The hours of the demo workspace: what its people have written down of the last three weeks. The same every time but for
// the dates.
import { DEMO_PEOPLE, type DemoList } from './demo-tasks.js';

export interface DemoEntry {
  /** The title of the list. */
  list: string;
  /** The task's place in it. */
  task: number;
  /** Their place among the people. */
  person: number;
  /** RFC 3339. */
  started_at: string;
  /** ISO 8601. */
  duration: string;
  billable: boolean;
  note?: string;
  tags?: string[];
}

const DAY_MS = 86_400_000;
const DAYS = 21;
/** In the morning and in the afternoon, UTC. */
const BEGINNINGS = ['07:30', '12:15'] as const;
const LENGTHS = ['PT45M', 'PT1H30M', 'PT2H', 'PT2H20M', 'PT3H', 'PT25M'] as const;
const NOTES = ['Talked it through', 'First draft', 'Corrections', 'Waited for the others, too'] as const;
/** For whom the work is paid. */
const PAID_LISTS = new Set(['Website relaunch', 'Customer onboarding', 'Operations']);
/** Every so many entries one has a note, is on site, or was not written down at all; coprime, so that all mixtures occur. */
const [NOTED, ON_SITE, FORGOTTEN] = [3, 7, 5];

/** Of days before `today`; nobody works at weekends. */
export function demoEntries(lists: readonly DemoList[], today: Date): DemoEntry[] {
  const workers = DEMO_PEOPLE.flatMap(({ role }, person) => (role === 'viewer' ? [] : [person]));
  return workers.flatMap((person) => {
    const begun = begunTasks(lists, person);
    return workdaysBefore(today).flatMap((day, place) =>
      BEGINNINGS.flatMap((time, half) => {
        const number = person * 11 + place * 2 + half;
        const task = begun[number % begun.length];
        return task && number % FORGOTTEN !== 0 ? [demoEntry(task, person, `${day}T${time}:00Z`, number)] : [];
      }),
    );
  });
}

type Place = Pick<DemoEntry, 'list' | 'task'>;

function begunTasks(lists: readonly DemoList[], person: number): Place[] {
  return lists.flatMap(({ title, tasks }) =>
    tasks.flatMap(({ assignee, status }, task) =>
      assignee === person && (status === 'in_progress' || status === 'done') ? [{ list: title, task }] : [],
    ),
  );
}

function demoEntry({ list, task }: Place, person: number, started_at: string, number: number): DemoEntry {
  return {
    list,
    task,
    person,
    started_at,
    duration: LENGTHS[number % LENGTHS.length] ?? LENGTHS[0],
    billable: PAID_LISTS.has(list),
    ...(number % NOTED === 0 && { note: NOTES[number % NOTES.length] ?? NOTES[0] }),
    ...(number % ON_SITE === 0 && { tags: ['on site'] }),
  };
}

/** The first one first. */
function workdaysBefore(today: Date): string[] {
  return Array.from({ length: DAYS }, (_, place) => new Date(today.getTime() - (DAYS - place) * DAY_MS))
    .filter((day) => day.getUTCDay() % 6 !== 0)
    .map((day) => day.toISOString().slice(0, 10));
}
