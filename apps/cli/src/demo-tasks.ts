// The content of the demo workspace: lists of a household and of a small company. Always the same except for the dates, which
// are near today.

export interface DemoTask {
  title: string;
  description?: string;
  status: 'todo' | 'in_progress' | 'blocked' | 'done';
  priority: 'low' | 'medium' | 'high' | 'urgent';
  tags: string[];
  due_on?: string;
  estimated_duration?: string;
  /** The index of the assignee. */
  assignee?: number;
  /** The titles of its subtasks. */
  subtasks: string[];
}

export interface DemoList {
  title: string;
  color: string;
  icon: string;
  tasks: DemoTask[];
}

interface Theme {
  title: string;
  color: string;
  icon: string;
  tags: readonly string[];
  verbs: readonly string[];
  things: readonly string[];
}

const THEMES: readonly Theme[] = [
  {
    title: 'Household',
    color: '#2e7d32',
    icon: '🏠',
    tags: ['errand', 'home', 'weekly'],
    verbs: ['Buy', 'Repair', 'Clean', 'Sort', 'Replace'],
    things: [
      'the kitchen lamp',
      'winter shoes',
      'the fridge',
      'light bulbs',
      'the bike',
      'the balcony door',
      'filters',
    ],
  },
  {
    title: 'Garden',
    color: '#7cb342',
    icon: '🌱',
    tags: ['outside', 'weekend', 'spring'],
    verbs: ['Plant', 'Cut', 'Water', 'Order', 'Move'],
    things: ['tomatoes', 'the hedge', 'apple trees', 'herbs', 'the compost', 'tulip bulbs', 'the lawn'],
  },
  {
    title: 'Website relaunch',
    color: '#1565c0',
    icon: '🖥️',
    tags: ['design', 'frontend', 'content'],
    verbs: ['Draft', 'Review', 'Build', 'Translate', 'Test'],
    things: [
      'the landing page',
      'the price table',
      'the imprint',
      'the contact form',
      'the search',
      'cookie notices',
      'the blog',
    ],
  },
  {
    title: 'Customer onboarding',
    color: '#6a1b9a',
    icon: '🤝',
    tags: ['customer', 'call', 'contract'],
    verbs: ['Call', 'Write to', 'Visit', 'Send the offer to', 'Train'],
    things: [
      'Bakery Yilmaz',
      'Nordwind Logistics',
      'Dr. Okafor',
      'Studio Ferro',
      'the Laurent family',
      'Kaya & Sons',
      'Blue Harbour',
    ],
  },
  {
    title: 'Hiring',
    color: '#ef6c00',
    icon: '🧑‍💼',
    tags: ['people', 'interview', 'paperwork'],
    verbs: ['Read', 'Answer', 'Plan', 'Discuss', 'Publish'],
    things: [
      'the application of M. Silva',
      'the job advert',
      'the trial day',
      'the second interview',
      'the contract of J. Novak',
      'the feedback round',
      'the salary bands',
    ],
  },
  {
    title: 'Finance',
    color: '#00838f',
    icon: '💶',
    tags: ['tax', 'invoice', 'quarterly'],
    verbs: ['Pay', 'Check', 'File', 'Write', 'Export'],
    things: [
      'the VAT return',
      'invoice 4711',
      'the travel expenses',
      'the insurance',
      'the yearly report',
      'open reminders',
      'the payroll',
    ],
  },
  {
    title: 'Operations',
    color: '#546e7a',
    icon: '🛠️',
    tags: ['server', 'backup', 'security'],
    verbs: ['Update', 'Restore', 'Measure', 'Document', 'Rotate'],
    things: [
      'the database',
      'the backups',
      'API keys',
      'the mail server',
      'the dashboards',
      'certificates',
      'the status page',
    ],
  },
  {
    title: 'Travel',
    color: '#c62828',
    icon: '✈️',
    tags: ['train', 'hotel', 'family'],
    verbs: ['Book', 'Pack', 'Print', 'Ask about', 'Cancel'],
    things: [
      'the night train',
      'the hotel in Porto',
      'rain jackets',
      'museum tickets',
      'travel insurance',
      'the hire car',
      'the trip to grandma',
    ],
  },
];

const STATUSES = ['todo', 'todo', 'todo', 'in_progress', 'blocked', 'done', 'done'] as const;
const PRIORITIES = ['medium', 'medium', 'low', 'high', 'medium', 'urgent'] as const;
const DURATIONS = ['PT15M', 'PT30M', 'PT1H', 'PT2H', 'P1D'] as const;
const STEPS = ['Ask who knows', 'Collect the material', 'Do it', 'Inform the team'] as const;
const DAY_MS = 86_400_000;
/** Every n-th task has a due date, a description, subtasks, an assignee. Coprime, so that all combinations occur. */
const [DATED, DESCRIBED, DIVIDED, ASSIGNED] = [2, 5, 9, 7];

export const DEMO_PEOPLE = [
  { name: 'Ada Lovelace', role: 'owner' },
  { name: 'Grace Hopper', role: 'admin' },
  { name: 'Alan Turing', role: 'member' },
  { name: 'Katherine Johnson', role: 'member' },
  { name: 'Tim Berners-Lee', role: 'viewer' },
] as const;

/** @param today the start of the dates. */
export function demoLists(today: Date): DemoList[] {
  return THEMES.map((theme, place) => ({
    title: theme.title,
    color: theme.color,
    icon: theme.icon,
    tasks: theme.verbs.flatMap((verb, row) =>
      theme.things.map((thing, column) => demoTask(theme, `${verb} ${thing}`, place * 35 + row * 7 + column, today)),
    ),
  }));
}

function demoTask({ tags }: Theme, title: string, number: number, today: Date): DemoTask {
  return {
    title,
    status: pick(STATUSES, number),
    priority: pick(PRIORITIES, number),
    tags: tags.filter((_tag, place) => (number + place) % 3 !== 0),
    subtasks: number % DIVIDED === 0 ? STEPS.slice(0, 2 + (number % 3)) : [],
    ...(number % ASSIGNED !== 0 && { assignee: number % DEMO_PEOPLE.length }),
    ...(number % DATED === 0 && {
      due_on: dayFrom(today, (number % 61) - 20),
      estimated_duration: pick(DURATIONS, number),
    }),
    ...(number % DESCRIBED === 0 && { description: `As talked about on ${dayFrom(today, -(number % 30) - 1)}.` }),
  };
}

function pick<T>(items: readonly T[], number: number): T {
  return items[number % items.length] as T;
}

function dayFrom(today: Date, days: number): string {
  return new Date(today.getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

export interface DemoTemplate {
  /** The title of the list. */
  list: string;
  title: string;
  rule: object;
  tags?: string[];
  priority?: DemoTask['priority'];
  estimated_duration?: string;
  due_offset?: string;
  anchor?: 'schedule' | 'completion';
}

/** One template of each kind for the demo workspace. */
export function demoTemplates(today: Date): DemoTemplate[] {
  const day = today.toISOString().slice(0, 10);
  const rule = (time: string, more: object): object => ({
    dtstart: `${day}T${time}`,
    timezone: 'Europe/Berlin',
    ...more,
  });
  return [
    {
      list: 'Garden',
      title: 'Water the greenhouse',
      tags: ['outside'],
      rule: rule('19:00:00', { pattern: 'weekly', days_of_week: ['MO', 'TH'] }),
    },
    {
      list: 'Household',
      title: 'Put out the bins',
      estimated_duration: 'PT10M',
      rule: rule('20:00:00', { pattern: 'biweekly', days_of_week: ['WE'] }),
    },
    {
      list: 'Household',
      title: 'Change the water filter',
      rule: rule('10:00:00', { pattern: 'monthly', every: 2 }),
      anchor: 'completion',
    },
    {
      list: 'Hiring',
      title: 'Send applicants an update',
      tags: ['people'],
      priority: 'high',
      rule: rule('09:00:00', { rrule: 'FREQ=MONTHLY;BYDAY=-1FR' }),
      due_offset: 'PT4H',
    },
    {
      list: 'Customer onboarding',
      title: 'Call who has not answered',
      tags: ['call'],
      estimated_duration: 'PT30M',
      rule: rule('11:00:00', { pattern: 'weekdays' }),
    },
  ];
}
