// The time entries of the demo workspace for the last three weeks. Always the same except for the dates.
import { DEMO_PEOPLE, type DemoList } from './demo-tasks.js';

export interface DemoEntry {
  /** The title of the list. */
  list: string;
  /** The index of the task in the list. */
  task: number;
  /** The index of the person. */
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
/** The lists with billable work. */
const PAID_LISTS = new Set(['Website relaunch', 'Customer onboarding', 'Operations']);
/** Every n-th entry has a note, is on site, or is missing. Coprime, so that all combinations occur. */
const [NOTED, ON_SITE, FORGOTTEN] = [3, 7, 5];

/** Entries on workdays before `today`. */
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

/** In ascending order. */
function workdaysBefore(today: Date): string[] {
  return Array.from({ length: DAYS }, (_, place) => new Date(today.getTime() - (DAYS - place) * DAY_MS))
    .filter((day) => day.getUTCDay() % 6 !== 0)
    .map((day) => day.toISOString().slice(0, 10));
}
