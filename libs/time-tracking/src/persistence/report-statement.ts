// One statement for one page of a report: what is covered, cut at the borders of days, weeks and months, and summed up by
// groups. Its cost follows what is covered: a span is cut between its own first and last bucket only, never compared with
// all of them.
import type { CursorValue } from '@mono/contract';
import type { Group } from '../../contract/time-constants.js';
import type { Buckets } from '../domain/buckets.js';
import type { Window } from '../domain/window.js';
import { coveredTime } from './covered-time.js';
import { isAfter, isPeriod, taskKey } from './report-keys.js';
import { conditionsOf, looksIntoTasks, type Scope } from './scope.js';
import { instantText, Values } from './values.js';

export interface ReportQuestion {
  scope: Scope;
  window: Window;
  /** Milliseconds since 1970. */
  asOf: number;
  groups: readonly Group[];
  buckets: Buckets;
  /** The keys of the row after which the page begins. */
  after: readonly CursorValue[] | undefined;
  /** Rows at most. */
  fetch: number;
  /** Whether the total is told as well, of everything that is covered. */
  total: boolean;
}

export interface ReportStatement {
  text: string;
  values: unknown[];
}

const MILLISECONDS = (interval: string): string => `coalesce(extract(epoch FROM ${interval}) * 1000, 0)::float8`;
/** @param took an interval. */
const measures = (took: string): string => `
  ${MILLISECONDS(`sum(${took}) FILTER (WHERE NOT is_entry)`)} AS worked,
  ${MILLISECONDS(`sum(${took}) FILTER (WHERE is_entry)`)} AS entered,
  ${MILLISECONDS(`sum(${took}) FILTER (WHERE billable)`)} AS billable,
  (count(*) FILTER (WHERE NOT is_entry))::integer AS spans,
  (count(*) FILTER (WHERE is_entry))::integer AS entries`;

const EFFECTIVE_TAGS = `CASE
  WHEN c.tags IS NULL OR c.tags = '{}' THEN t.tags
  WHEN t.tags IS NULL OR t.tags = '{}' THEN c.tags
  ELSE ARRAY(SELECT DISTINCT unnest(c.tags || t.tags)) END`;

/**
 * Rows with k1, k2, k3 (a period as its place in the window), title, worked, entered, billable (milliseconds), spans, entries,
 * beside the total as total_<measure>: at least one row with it, whose is_row is null where no group has any time.
 */
export function reportStatement(question: ReportQuestion): ReportStatement {
  const { groups, total } = question;
  const values = new Values();
  const covered = coveredPart(question, values);
  const order = groups.length > 0 ? `ORDER BY ${columnsOf(groups).join(', ')}` : '';
  if (!total) return { text: `WITH covered AS (${covered}) ${pagePart(question, values, order)}`, values: values.list };
  const page = groups.length > 0 ? pagePart(question, values, order) : 'SELECT NULL::boolean AS is_row WHERE false';
  const text = `
    WITH covered AS MATERIALIZED (${covered}), total AS (SELECT ${measures('ends - begins')} FROM covered), page AS (${page})
    SELECT t.worked AS total_worked, t.entered AS total_entered, t.billable AS total_billable, t.spans AS total_spans,
      t.entries AS total_entries, page.* FROM total t LEFT JOIN page ON true ${order}`;
  return { text, values: values.list };
}

function columnsOf(groups: readonly Group[]): string[] {
  return groups.map((_group, index) => `k${index + 1}`);
}

function pagePart(question: ReportQuestion, values: Values, order: string): string {
  const { groups, fetch } = question;
  const columns = columnsOf(groups);
  const grouping = groups.length > 0 ? `GROUP BY ${columns.join(', ')}` : '';
  return `SELECT true AS is_row, p.*${titleOf(groups)} FROM (
      SELECT ${[...columns, measures('took')].join(', ')}
      FROM (${keyedPart(question, values, columns)}) keyed ${grouping} ${order} LIMIT ${fetch}
    ) p ${order}`;
}

function coveredPart({ scope, window, asOf, groups }: ReportQuestion, values: Values): string {
  const workspace = `${values.add(scope.workspaceId)}::uuid`;
  const joins = looksIntoTasks(scope) || groups.some((group) => !isPeriod(group) && taskKey(group).looksIntoTask);
  const conditions = conditionsOf(scope, values, { taskId: 'c.task_id', entryTags: 'c.tags' });
  if (scope.personId !== undefined) conditions.push(`c.person = ${values.add(scope.personId)}::text`);
  return `SELECT c.is_entry, c.billable, c.begins, c.ends${groups.map(coveredColumn).join('')}
    FROM (${coveredTime(values, workspace, window, asOf)}) c
    ${joins ? 'LEFT JOIN time_tracking.task t ON t.task_id = c.task_id' : ''}
    WHERE ${['c.begins < c.ends', ...conditions].join(' AND ')}`;
}

function coveredColumn(group: Group): string {
  if (isPeriod(group)) return '';
  return group === 'tag' ? `, ${EFFECTIVE_TAGS} AS tags` : `, ${taskKey(group).of} AS "${group}"`;
}

/** What is covered, in as many pieces as the groups ask for: is_entry, billable, took, and the keys. */
function keyedPart(question: ReportQuestion, values: Values, columns: readonly string[]): string {
  const { groups, buckets, after } = question;
  const keys = groups.map((group, index) => `${keyOf(group, buckets, values)} AS k${index + 1}`);
  const { source, took } = groups.some(isPeriod)
    ? cut(tagged('covered', groups), buckets, values)
    : { source: tagged('covered', groups), took: 'ends - begins' };
  const keyed = `SELECT is_entry, billable, ${[...keys, `${took} AS took`].join(', ')} FROM ${source} piece`;
  return after ? `SELECT * FROM (${keyed}) k WHERE ${isAfter(groups, columns, after, values)}` : keyed;
}

function keyOf(group: Group, { units }: Buckets, values: Values): string {
  if (!isPeriod(group)) return group === 'tag' ? 'tag COLLATE "C"' : `"${group}"`;
  return `(${values.add(units.get(group)?.ordinals ?? [])}::integer[])[bucket]`;
}

function tagged(source: string, groups: readonly Group[]): string {
  if (!groups.includes('tag')) return source;
  return `(SELECT v.*, unnest(coalesce(nullif(v.tags, '{}'), ARRAY[NULL]::text[])) AS tag FROM ${source} v)`;
}

/** A slice of 1, 2, 3 … rather than generate_series, of which the planner expects a thousand rows each time. */
function cut(source: string, { bounds }: Buckets, values: Values): { source: string; took: string } {
  const instants = `${values.add(bounds.map(instantText))}::timestamptz[]`;
  const numbers = `${values.add(bounds.slice(1).map((_bound, index) => index + 1))}::integer[]`;
  return {
    source: `(SELECT v.*, unnest((${numbers})[
        width_bucket(v.begins, ${instants}):width_bucket(v.ends - interval '1 microsecond', ${instants})]) AS bucket
      FROM ${source} v)`,
    took: `least(ends, (${instants})[bucket + 1]) - greatest(begins, (${instants})[bucket])`,
  };
}

function titleOf(groups: readonly Group[]): string {
  const index = groups.indexOf('task');
  return index < 0 ? '' : `, (SELECT x.title FROM time_tracking.task x WHERE x.task_id = p.k${index + 1}) AS title`;
}
