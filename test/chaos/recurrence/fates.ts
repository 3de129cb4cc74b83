// The changes of a template after its creation, and the expected result.
import { Temporal } from 'temporal-polyfill';
import { until } from '../../support/until.ts';
import type { Gardener } from './gardener.ts';
import { anyKind, completionKind, futureKind, type RuleInput, type TemplateInput } from './kinds.ts';

export interface Template {
  id: string;
  series_id: string;
  status: string;
  starts_from: string | null;
  ends_before: string | null;
  generated_through: string | null;
  generation_horizon_days: number;
  created_at: string;
}

export interface Start {
  original_start: string;
  at: string;
}

interface Task {
  id: string;
  original_start: string;
  title: string;
  completed_at: string | null;
}

export interface Plot {
  fate: string;
  input: TemplateInput;
  template: Template;
  /** The final rule. */
  rule: RuleInput;
  title: string;
  horizonDays: number;
  /** No task is left. */
  bare: boolean;
  /** By `original_start`: no task, another title, another start, or a task that must differ from the first one. */
  absent: Set<string>;
  titles: Map<string, string>;
  moved: Map<string, string>;
  formerIds: Map<string, string>;
  /** The start of another template, with its title, or null for none. */
  split?: { from: string; title: string | null };
  /** The completed tasks of a chain by completion. */
  closed: { start: string; at: string }[];
}

type Fate = (gardener: Gardener, plot: Plot) => Promise<void>;

const LIMIT_MS = 240_000;
const DONE_BEFORE = [404, 409];

export async function preview(
  gardener: Gardener,
  rule: RuleInput,
  bounds: { from?: string; to?: string; limit: number },
): Promise<Start[]> {
  const asked = await gardener.ask<{ items: Start[] }>('POST', '/v1/recurrence/preview', { rule, ...bounds });
  return asked.body.items;
}

async function startsOf(gardener: Gardener, { rule }: Plot): Promise<string[]> {
  return (await preview(gardener, rule, { limit: 6 })).map(({ original_start }) => original_start);
}

/** Waits for the task of an occurrence. */
function taskOf(gardener: Gardener, { template }: Plot, start: string, status = ''): Promise<Task> {
  return until(
    `a task of ${template.id} for ${start}`,
    async () => {
      const path = `/v1/tasks?template_id=${template.id}&limit=500${status}`;
      const { items } = await gardener.get<{ items: Task[] }>(path);
      return items.find((task) => task.original_start === start);
    },
    { limitMs: LIMIT_MS, pauseMs: 250 },
  );
}

const pathOf = ({ template }: Plot): string => `/v1/templates/${template.id}`;

async function except(gardener: Gardener, plot: Plot, start: string, more: object): Promise<void> {
  await gardener.ask('POST', `${pathOf(plot)}/exceptions`, { original_start: start, ...more });
}

async function undo(gardener: Gardener, plot: Plot, start: string): Promise<void> {
  await gardener.ask('DELETE', `${pathOf(plot)}/exceptions/${start}`, undefined, [404]);
}

async function retitleTask(gardener: Gardener, plot: Plot, start: string): Promise<void> {
  const task = await taskOf(gardener, plot, start);
  await gardener.ask('PATCH', `/v1/tasks/${task.id}`, { title: 'Edited by hand' });
  plot.titles.set(start, 'Edited by hand');
}

async function deleteTask(gardener: Gardener, plot: Plot, start: string): Promise<void> {
  const task = await taskOf(gardener, plot, start);
  await gardener.ask('DELETE', `/v1/tasks/${task.id}`, undefined, [404]);
  plot.absent.add(start);
  plot.formerIds.set(start, task.id);
}

/** The same days at another hour. */
function withHour(rule: RuleInput, hour: string): RuleInput {
  return { ...rule, dtstart: `${rule.dtstart.slice(0, 10)}T${hour}` };
}

async function changeRule(gardener: Gardener, plot: Plot, rule: RuleInput): Promise<void> {
  await gardener.ask('PATCH', pathOf(plot), { rule });
  plot.rule = rule;
}

async function split(gardener: Gardener, plot: Plot, from: string, title: string | null): Promise<void> {
  const path = `${pathOf(plot)}/occurrences/${from}?scope=following`;
  if (title === null) await gardener.ask('DELETE', path, undefined, DONE_BEFORE);
  else await gardener.ask('PATCH', path, { title }, DONE_BEFORE);
  plot.split = { from, title };
}

async function finish(gardener: Gardener, plot: Plot, start: string): Promise<string> {
  const task = await taskOf(gardener, plot, start, '&status=todo');
  const { body } = await gardener.ask<Task>('PATCH', `/v1/tasks/${task.id}`, { status: 'done' });
  const at = body.completed_at ?? '';
  plot.closed.push({ start, at });
  return at;
}

/** The next occurrence of a chain after a completion. */
export async function nextOfChain(gardener: Gardener, { rule }: Plot, after: string, at: string): Promise<Start> {
  const day = Temporal.Instant.from(at)
    .toZonedDateTimeISO(rule.timezone ?? 'UTC')
    .toPlainDate()
    .toString();
  const anew = { ...rule, dtstart: `${day}${rule.dtstart.slice(10)}` };
  const dates = await preview(gardener, anew, { limit: 20 });
  const next = dates.find(({ original_start: start }) => start.slice(0, 10) > day && start > after);
  if (!next) throw new Error('The chain has an end.');
  return next;
}

export const FATES: Readonly<Record<string, Fate>> = {
  'one is skipped': async (gardener, plot) => {
    const [, second = ''] = await startsOf(gardener, plot);
    await except(gardener, plot, second, { kind: 'skip' });
    plot.absent.add(second);
  },
  'a task is deleted': async (gardener, plot) => {
    const [first = ''] = await startsOf(gardener, plot);
    await deleteTask(gardener, plot, first);
  },
  'a task is edited, then all are': async (gardener, plot) => {
    const [first = ''] = await startsOf(gardener, plot);
    await retitleTask(gardener, plot, first);
    plot.title = `${plot.title}, renamed`;
    await gardener.ask('PATCH', pathOf(plot), { title: plot.title });
  },
  'one is moved': async (gardener, plot) => {
    const [, , third = ''] = await startsOf(gardener, plot);
    const at = new Date(Date.parse(`${third}Z`) + 5 * 60 * 60 * 1_000).toISOString();
    await gardener.ask('PATCH', `${pathOf(plot)}/occurrences/${third}`, { at });
    plot.moved.set(third, at);
  },
  'one is skipped, and that is undone': async (gardener, plot) => {
    const [, second = ''] = await startsOf(gardener, plot);
    await except(gardener, plot, second, { kind: 'skip' });
    await undo(gardener, plot, second);
  },
  'a task is deleted, and that is undone': async (gardener, plot) => {
    const [first = ''] = await startsOf(gardener, plot);
    await deleteTask(gardener, plot, first);
    await until(
      'the exception',
      async () => {
        const { items } = await gardener.get<{ items: Start[] }>(`${pathOf(plot)}/exceptions`);
        return items.some(({ original_start }) => original_start === first);
      },
      { limitMs: LIMIT_MS, pauseMs: 250 },
    );
    await undo(gardener, plot, first);
    plot.absent.delete(first);
  },
  'it is paused': async (gardener, plot) => {
    await gardener.ask('POST', `${pathOf(plot)}/pause`, {});
    plot.bare = true;
  },
  'it is paused and resumed': async (gardener, plot) => {
    await gardener.ask('POST', `${pathOf(plot)}/pause`, {});
    await gardener.ask('POST', `${pathOf(plot)}/resume`, { missed: 'skip' });
  },
  'it is deleted': async (gardener, plot) => {
    await gardener.ask('DELETE', pathOf(plot), undefined, [404]);
    plot.bare = true;
  },
  'it is ended': async (gardener, plot) => {
    await gardener.ask('POST', `${pathOf(plot)}/end`, {});
    plot.bare = true;
  },
  'another hour': async (gardener, plot) => {
    await changeRule(gardener, plot, withHour(plot.rule, '06:30:00'));
  },
  'one is edited, then another hour': async (gardener, plot) => {
    const [first = ''] = await startsOf(gardener, plot);
    await gardener.ask('PATCH', `${pathOf(plot)}/occurrences/${first}`, { title: 'Edited' });
    await changeRule(gardener, plot, withHour(plot.rule, '06:30:00'));
    plot.titles.set(`${first.slice(0, 10)}T06:30:00`, 'Edited');
  },
  'another rule': async (gardener, plot) => {
    const { dtstart, timezone } = plot.rule;
    await changeRule(gardener, plot, { dtstart, timezone, rrule: 'FREQ=DAILY;INTERVAL=2' });
  },
  'it is split': async (gardener, plot) => {
    const [, , , fourth = ''] = await startsOf(gardener, plot);
    await split(gardener, plot, fourth, 'Split off');
  },
  'its rest is cut off': async (gardener, plot) => {
    const [, , , fourth = ''] = await startsOf(gardener, plot);
    await split(gardener, plot, fourth, null);
  },
  'it reaches further': async (gardener, plot) => {
    plot.horizonDays = 60;
    await gardener.ask('PATCH', pathOf(plot), { generation_horizon_days: 60 });
  },
  'by completion, two are done': async (gardener, plot) => {
    const [first = ''] = await startsOf(gardener, plot);
    const at = await finish(gardener, plot, first);
    const next = await nextOfChain(gardener, plot, first, at);
    await finish(gardener, plot, next.original_start);
  },
};

const NAMES = Object.keys(FATES);
/** The number of templates per cycle, of which the last ones are changed. */
const CYCLE = 5;
const LEFT_ALONE = 3;

/** Creates the template with this number, and applies its changes. */
export async function plant(gardener: Gardener, number: number): Promise<Plot> {
  const turn = number % CYCLE;
  const fate =
    turn < LEFT_ALONE
      ? undefined
      : NAMES[(Math.floor(number / CYCLE) * (CYCLE - LEFT_ALONE) + turn - LEFT_ALONE) % NAMES.length];
  const kind = fate === undefined ? anyKind : fate.startsWith('by completion') ? completionKind : futureKind;
  const input = kind(number);
  const { body: template } = await gardener.ask<Template>('POST', '/v1/templates', input);
  const plot: Plot = {
    fate: fate ?? 'left alone',
    input,
    template,
    rule: input.rule,
    title: input.title,
    horizonDays: input.generation_horizon_days,
    bare: false,
    absent: new Set(),
    titles: new Map(),
    moved: new Map(),
    formerIds: new Map(),
    closed: [],
  };
  await (fate === undefined ? undefined : FATES[fate]?.(gardener, plot));
  return plot;
}
