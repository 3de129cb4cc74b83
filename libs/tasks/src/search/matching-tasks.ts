// The tasks that match a search, the most relevant of a bounded number.
import { scanStatement, searchConditions, searchScore, type Executor, type SearchWork } from '@mono/platform';
import { TaskQuery, type FindMatches } from '../../contract/index.js';
import { Parameters, wordsMatch } from '../find-tasks/parameters.js';
import { reachConditions, shownConditions, statusConditions, type Caller } from '../find-tasks/task-filter.js';

export interface MatchingTask {
  id: string;
  title: string;
  list_id: string;
  status: string;
  at: string | null;
  body: string | null;
  score: number;
}

/** Tasks that are ranked of all that the index finds. */
const MAX_CANDIDATES = 5_000;
/** Tasks that are looked through, the last changed first: for words that more have, and for similar words. */
const NEWEST = 20_000;
const WEIGHT = `CASE WHEN t.status = 'done' THEN 0.5 ELSE 1 END`;
const FIELDS = `t.id, t.title, t.list_id, t.status::text AS status, t.due_instant AS at`;
/** The part of a description that a snippet is taken from. */
const BODY = `left(t.description, 10000) AS body`;

export async function matchingTasks(
  on: Executor,
  caller: Caller,
  query: FindMatches,
  work: SearchWork,
): Promise<MatchingTask[]> {
  if (work.trigrams !== undefined) return similarTasks(on, caller, query, work);
  const matches = await rankedTasks(on, caller, query, work, 'by index');
  const [first] = matches;
  if (!first || first.candidates <= MAX_CANDIDATES) return matches;
  // The index finds the oldest first.
  const newest = await rankedTasks(on, caller, query, work, 'newest');
  const known = new Set(newest.map(({ id }) => id));
  return [...newest, ...matches.filter(({ id }) => !known.has(id))];
}

function rankedTasks(
  on: Executor,
  caller: Caller,
  query: FindMatches,
  { search }: SearchWork,
  way: 'by index' | 'newest',
): Promise<(MatchingTask & { candidates: number })[]> {
  const parameters = new Parameters();
  const scope = { schema: 'tasks', search, add: (value: unknown) => parameters.add(value) };
  const places = placesOf(caller, parameters);
  const shown = shownOf(caller, query, parameters);
  const isNewest = way === 'newest';
  const words = isNewest
    ? searchConditions(scope, 't.search')
    : [...places, ...wordsMatch({ workspaceId: caller.workspaceId, parameters }, query.q)];
  const score = `${searchScore(scope, 't.search', 't.title')} * ${WEIGHT}`;
  const workspace = parameters.add(caller.workspaceId);
  return on.query(
    `WITH candidate AS MATERIALIZED (
       SELECT t.id, ${score} AS score FROM ${isNewest ? newestOf(places) : 'tasks.task'} t
       WHERE ${[...words, ...shown].join(' AND ')} LIMIT ${MAX_CANDIDATES + 1}
     ), best AS (SELECT id, score FROM candidate ORDER BY score DESC, id DESC LIMIT ${query.limit})
     SELECT ${FIELDS}, ${BODY}, b.score, (SELECT count(*)::int FROM candidate) AS candidates
     FROM best b JOIN tasks.task t ON t.id = b.id AND t.workspace_id = ${workspace} ORDER BY b.score DESC, t.id DESC`,
    parameters.values,
  );
}

function similarTasks(
  on: Executor,
  caller: Caller,
  query: FindMatches,
  { search, trigrams }: SearchWork,
): Promise<MatchingTask[]> {
  const parameters = new Parameters();
  const scope = { schema: 'tasks', search, add: (value: unknown) => parameters.add(value) };
  const newest = newestOf(placesOf(caller, parameters));
  const shown = ['true', ...shownOf(caller, query, parameters)].join(' AND ');
  const source = `SELECT ${FIELDS}, ${BODY}, t.tags, ${WEIGHT} AS weight FROM ${newest} t WHERE ${shown}`;
  return on.query<MatchingTask>(scanStatement(scope, { source, limit: query.limit, trigrams }), parameters.values);
}

/** The conditions of visible tasks within reach. */
function placesOf(caller: Caller, parameters: Parameters): string[] {
  return [...reachConditions(caller, parameters), ...statusConditions(new TaskQuery())];
}

function shownOf(caller: Caller, { occurrences, timezone }: FindMatches, parameters: Parameters): string[] {
  const query = Object.assign(new TaskQuery(), { occurrences: occurrences ?? 'next', timezone });
  return shownConditions(caller, query, parameters);
}

function newestOf(places: readonly string[]): string {
  return `(SELECT * FROM tasks.task t WHERE ${places.join(' AND ')} ORDER BY t.updated_at DESC, t.id DESC LIMIT ${NEWEST})`;
}
