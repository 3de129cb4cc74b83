// Compares the tasks with the preview of each rule.
import { Client } from 'pg';
import { Temporal } from 'temporal-polyfill';
import { nextOfChain, preview, type Start, type Plot, type Template } from './fates.ts';
import type { Gardener } from './gardener.ts';
import { until } from '../../support/until.ts';

interface TaskRow {
  id: string;
  template_id: string;
  series_id: string;
  original_start: string;
  due_at: string | null;
  due_on: string | null;
  title: string;
}

interface Wanted {
  due: string;
  title: string;
  templateId: string;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const PAGE = 1_000;
const MAX_AHEAD = 1_000;

export interface Verdict {
  tasks: number;
  differences: string[];
}

export async function judge(gardener: Gardener, databaseUrl: string, plots: readonly Plot[]): Promise<Verdict> {
  const templates = await allTemplates(gardener);
  const tasks = await allTasks(databaseUrl);
  const bySeries = Map.groupBy(tasks, ({ series_id }) => series_id);
  const differences: string[] = [];
  for (const plot of plots) {
    const series = plot.template.series_id;
    const parts = templates.get(series) ?? [];
    const wanted = await wantedOf(gardener, plot, parts);
    differences.push(...between(plot, wanted, bySeries.get(series) ?? []));
    differences.push(...tooShort(plot, parts, wanted).map((what) => `${named(plot)}: ${what}`));
    bySeries.delete(series);
  }
  for (const [series, strays] of bySeries) differences.push(`${strays.length} tasks of the unknown series ${series}`);
  return { tasks: tasks.length, differences };
}

/** Waits until nothing is left to plan, settle, publish or consume. */
export async function atRest(databaseUrl: string, limitMs: number): Promise<void> {
  await until(
    'everything is planned, settled and published',
    async () => {
      const [left] = await query<{ left: number }>(
        databaseUrl,
        `SELECT (SELECT count(*) FROM recurrence.template WHERE next_run_at <= now() OR planned_revision < revision)
          + (SELECT count(*) FROM recurrence.occurrence WHERE settled_revision < revision)
          + (SELECT count(*) FROM recurrence.outbox WHERE published_at IS NULL)
          + (SELECT count(*) FROM tasks.outbox WHERE published_at IS NULL) AS left`,
      );
      return Number(left?.left) === 0;
    },
    { limitMs, pauseMs: 500 },
  );
}

export async function query<Row extends object>(databaseUrl: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

async function allTemplates(gardener: Gardener): Promise<Map<string, Template[]>> {
  const templates: Template[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const path: string = `/v1/templates?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { items, page } = await gardener.get<{ items: Template[]; page: { next_cursor: string | null } }>(path);
    templates.push(...items);
    cursor = page.next_cursor;
  }
  return Map.groupBy(templates, ({ series_id }) => series_id);
}

function allTasks(databaseUrl: string): Promise<TaskRow[]> {
  return query<TaskRow>(
    databaseUrl,
    `SELECT id, template_id, series_id, original_start, title, due_on::text AS due_on,
       to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS due_at
     FROM tasks.task WHERE template_id IS NOT NULL`,
  );
}

async function wantedOf(gardener: Gardener, plot: Plot, parts: readonly Template[]): Promise<Map<string, Wanted>> {
  if (plot.bare) return new Map();
  const dates =
    plot.input.anchor === 'completion' ? await chainOf(gardener, plot) : await datesOf(gardener, plot, parts);
  const wanted = new Map<string, Wanted>();
  for (const { original_start: start, at } of dates) {
    const part = partOf(parts, start);
    const isWithin = part && (plot.input.anchor === 'completion' || at <= throughOf(part));
    if (!isWithin || plot.absent.has(start)) continue;
    const splitOff = plot.split && start >= plot.split.from ? plot.split.title : undefined;
    wanted.set(start, {
      due: dueOf(plot, start, plot.moved.get(start) ?? at),
      title: plot.titles.get(start) ?? splitOff ?? plot.title,
      templateId: part.id,
    });
  }
  return wanted;
}

function partOf(parts: readonly Template[], start: string): Template | undefined {
  return parts.find(
    ({ starts_from: from, ends_before: before }) =>
      (from === null || start >= from) && (before === null || start < before),
  );
}

function throughOf({ generated_through: through }: Template): string {
  return through === null ? '' : toSeconds(through);
}

/** The format of instants in previews. */
function toSeconds(instant: string): string {
  return instant.replace(/\.\d+Z$/, 'Z');
}

/** From the start of the day on which the template was created. */
async function datesOf(gardener: Gardener, plot: Plot, parts: readonly Template[]): Promise<Start[]> {
  const { template, rule } = plot;
  const made = Temporal.Instant.from(template.created_at).toZonedDateTimeISO(rule.timezone ?? 'UTC');
  const furthest = parts.map(throughOf).sort().at(-1) ?? '';
  if (furthest === '') return [];
  const to = secondAfter(furthest);
  const dates: Start[] = [];
  for (let from = made.startOfDay().toInstant().toString(); ;) {
    const page = await preview(gardener, rule, { from, to, limit: PAGE });
    dates.push(...page);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return dates;
    from = secondAfter(last.at);
  }
}

function secondAfter(instant: string): string {
  return toSeconds(new Date(Date.parse(instant) + 1_000).toISOString());
}

/** The completed occurrences and the next one. */
async function chainOf(gardener: Gardener, plot: Plot): Promise<Start[]> {
  const chain = await preview(gardener, plot.rule, { limit: 1 });
  for (const { start, at } of plot.closed) chain.push(await nextOfChain(gardener, plot, start, at));
  return chain;
}

function dueOf({ rule, input }: Plot, start: string, at: string): string {
  const offset = input.due_offset ?? 'PT0S';
  if (!rule.dtstart.includes('T')) return Temporal.PlainDate.from(start.slice(0, 10)).add(offset).toString();
  const due = Temporal.Instant.from(at)
    .toZonedDateTimeISO(rule.timezone ?? 'UTC')
    .add(offset);
  return new Date(due.epochMilliseconds).toISOString();
}

function between(plot: Plot, wanted: ReadonlyMap<string, Wanted>, tasks: readonly TaskRow[]): string[] {
  const differences: string[] = [];
  const seen = new Set<string>();
  const tell = (start: string, what: string): void => void differences.push(`${named(plot)}, ${start}: ${what}`);
  for (const task of tasks) {
    const start = task.original_start;
    const want = wanted.get(start);
    if (seen.has(start)) tell(start, 'twice');
    seen.add(start);
    if (!want) {
      tell(start, 'should not be there');
      continue;
    }
    const due = task.due_on ?? task.due_at;
    if (due !== want.due) tell(start, `due ${due}, not ${want.due}`);
    if (task.title !== want.title) tell(start, `"${task.title}", not "${want.title}"`);
    if (task.template_id !== want.templateId) tell(start, `of ${task.template_id}, not ${want.templateId}`);
    if (plot.formerIds.get(start) === task.id) tell(start, 'the very task that was deleted');
  }
  for (const start of wanted.keys()) if (!seen.has(start)) tell(start, 'missing');
  return differences;
}

/** Templates that end too early. */
function tooShort(plot: Plot, parts: readonly Template[], wanted: ReadonlyMap<string, Wanted>): string[] {
  if (plot.bare || plot.input.anchor === 'completion' || wanted.size >= MAX_AHEAD) return [];
  const least = new Date(Date.parse(plot.template.created_at) + plot.horizonDays * DAY_MS).toISOString();
  return parts
    .filter(({ generated_through: through }) => (through ?? '') < least)
    .map(({ id, generated_through: through }) => `${id} reaches ${through}, not ${least}`);
}

function named({ fate, template, input }: Plot): string {
  return `${input.title} (${template.id}, ${fate})`;
}
