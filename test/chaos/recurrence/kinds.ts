// Templates of all kinds, by number: named patterns, rules of RFC 5545 with dates of their own, zones, due dates, horizons.
import { Temporal } from 'temporal-polyfill';

export interface RuleInput {
  dtstart: string;
  timezone: string | null;
  pattern?: string;
  rrule?: string;
  every?: number;
  [more: string]: unknown;
}

export interface TemplateInput {
  title: string;
  rule: RuleInput;
  due_offset?: string;
  anchor?: 'completion';
  sync_horizon_days: number;
  generation_horizon_days: number;
}

type Kind = (zone: string | null, number: number) => Omit<RuleInput, 'timezone'>;

/** Null floats in the workspace's zone. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Beirut',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Asia/Kolkata',
  'America/St_Johns',
  'Pacific/Chatham',
  'UTC',
  null,
] as const;
const OFFSETS = [undefined, 'PT36H', 'P1DT2H', 'P1M', undefined];
const DAY_OFFSETS = [undefined, 'P2D', 'P1W'];
const HORIZONS = [30, 60, 45, 37];
const SYNC_HORIZONS = [1, 14, 7, 30];
/** One in so many has more occurrences than may be made ahead. */
const CROWDED = 250;

/** Local, so many days from today in that zone. */
function at(zone: string | null, days: number, time = 'T09:00:00'): string {
  return `${Temporal.Now.plainDateISO(zone ?? 'UTC')
    .add({ days })
    .toString()}${time}`;
}

/** The same day of another year: rules that have run for long. */
function ago(zone: string | null, years: number, days = 0): string {
  return `${Temporal.Now.plainDateISO(zone ?? 'UTC')
    .add({ days })
    .subtract({ years })
    .toString()}T09:00:00`;
}

const KINDS: readonly Kind[] = [
  (zone) => ({ dtstart: ago(zone, 3), pattern: 'daily' }),
  (zone) => ({ dtstart: ago(zone, 2, 1), pattern: 'daily', every: 3, time: '23:45' }),
  (zone) => ({ dtstart: ago(zone, 1), pattern: 'weekly', days_of_week: ['MO', 'TH', 'SU'] }),
  (zone) => ({ dtstart: ago(zone, 1), pattern: 'biweekly', days_of_week: ['TU', 'SA'] }),
  () => ({ dtstart: '2024-01-31T08:00:00', pattern: 'monthly' }),
  () => ({ dtstart: '2024-01-15T08:00:00', pattern: 'monthly', day_of_month: 'last' }),
  () => ({ dtstart: '2024-01-30T08:00:00', pattern: 'monthly', day_of_month: 30, month_end: 'skip' }),
  (zone) => ({ dtstart: ago(zone, 1, 20), pattern: 'quarterly' }),
  (zone) => ({ dtstart: ago(zone, 3, 25), pattern: 'yearly' }),
  (zone) => ({ dtstart: at(zone, -10), pattern: 'weekdays', time: '18:30:15' }),
  (zone) => ({ dtstart: at(zone, -90), pattern: 'interval', interval: 'P1DT2H' }),
  (zone) => ({ dtstart: at(zone, -3), pattern: 'interval', interval: 'PT7H30M' }),
  (zone) => ({ dtstart: at(zone, -30), pattern: 'daily', time: '02:30', dst_gap: 'skip' }),
  (zone) => ({ dtstart: at(zone, 0, 'T00:00:00'), pattern: 'daily', until: at(zone, 21, 'T00:00:00') }),
  (zone) => ({ dtstart: at(zone, 1), pattern: 'daily', count: 12 }),
  (zone) => ({ dtstart: at(zone, -5, ''), pattern: 'daily', every: 2 }),
  (zone) => ({
    dtstart: ago(zone, 1),
    rrule: 'FREQ=DAILY;INTERVAL=2',
    rdate: [at(zone, 3, 'T13:13:00'), at(zone, 4, 'T13:13:00')],
    exdate: [...Array(6).keys()].map((days) => at(zone, days)),
  }),
  (zone) => ({ dtstart: ago(zone, 1), rrule: 'FREQ=MONTHLY;BYDAY=MO,WE,FR;BYSETPOS=1,-1' }),
  (zone) => ({ dtstart: ago(zone, 1), rrule: 'FREQ=WEEKLY;BYDAY=TU,TH;BYHOUR=9,17;BYMINUTE=0,30' }),
  (zone) => ({ dtstart: ago(zone, 2), rrule: 'FREQ=YEARLY;BYMONTHDAY=-1,15,31;BYHOUR=6' }),
  (zone) => ({ dtstart: at(zone, -2), rrule: 'FREQ=DAILY;COUNT=15' }),
  (zone, number) => ({
    dtstart: at(zone, -1),
    rrule: number % CROWDED < KINDS.length ? 'FREQ=MINUTELY;INTERVAL=30' : 'FREQ=HOURLY;INTERVAL=9',
  }),
];

function inputOf(number: number, rule: RuleInput): TemplateInput {
  const offsets = rule.dtstart.includes('T') || rule['time'] !== undefined ? OFFSETS : DAY_OFFSETS;
  const offset = offsets[number % offsets.length];
  return {
    title: `Template ${number}`,
    rule,
    ...(offset === undefined ? {} : { due_offset: offset }),
    sync_horizon_days: SYNC_HORIZONS[number % SYNC_HORIZONS.length] ?? 14,
    generation_horizon_days: HORIZONS[number % HORIZONS.length] ?? 30,
  };
}

function zoneOf(number: number): string | null {
  return ZONES[number % ZONES.length] ?? null;
}

/** One that is left alone. */
export function anyKind(number: number): TemplateInput {
  const timezone = zoneOf(number);
  const kind = KINDS[number % KINDS.length] ?? KINDS[0];
  return inputOf(number, { dtstart: '', ...kind?.(timezone, number), timezone });
}

/** One that is to be changed: it begins the day after tomorrow, so that nothing of it starts meanwhile. */
export function futureKind(number: number): TemplateInput {
  const timezone = zoneOf(number);
  const dtstart = at(timezone, 2);
  const rules: readonly RuleInput[] = [
    { dtstart, timezone, pattern: 'daily' },
    { dtstart, timezone, rrule: 'FREQ=DAILY' },
    { dtstart, timezone, pattern: 'weekly', days_of_week: ['MO', 'TU', 'WE', 'FR', 'SU'] },
  ];
  return inputOf(number, rules[number % rules.length] ?? { dtstart, timezone, pattern: 'daily' });
}

/** One that counts from completion. */
export function completionKind(number: number): TemplateInput {
  const timezone = zoneOf(number);
  const rule = { dtstart: at(timezone, 0), timezone, pattern: 'daily', every: 3 };
  return { ...inputOf(number, rule), anchor: 'completion' };
}
