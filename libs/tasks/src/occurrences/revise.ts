// Brings the tasks of occurrences to what recurrence says of them now, except for the fields that users have set. What was done is
// kept with the revision, in the same transaction: whoever asks again hears the same.
import type { Executor } from '@mono/platform';
import type { OccurrenceRevision, Revise, Revised, ReviseOutcome, ReviseResult } from '../../contract/occurrences.js';
import { decide, isOpen, type Decision, type StandingTask } from '../domain/occurrence-revision.js';
import {
  findOverridden,
  preventOccurrences,
  lockOccurrences,
  saveOccurrences,
  type KeptOutcome,
  type OccurrenceRow,
} from '../persistence/occurrence-records.js';
import { lockSubtasks, type SubtaskOfOccurrence } from '../persistence/occurrence-subtasks.js';
import { updateTasks, type TaskChange, type Writing } from '../persistence/task-records.js';
import { lockTasks, stateOf } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';
import type { AssigningContext } from '../tasks/assignees.js';
import { deleteTrees } from '../tasks/delete-trees.js';
import { fieldsOf, identityOf } from './occurrence-content.js';
import { reviseSubtasks, type SubtasksCase } from './revise-subtasks.js';
import { WITHDRAWAL } from './withdraw-successors.js';

/** Workflows are for people: a template moves its tasks without them. */
const BY_TEMPLATE: Writing = { origin: 'recurrence', isAdmitted: true };

/** One revision and what there is of its occurrence. */
interface Case {
  id: string;
  revision: OccurrenceRevision;
  /** Absent where it was never made. */
  kept: OccurrenceRow | undefined;
  /** Absent where it is deleted. */
  task: TaskRow | undefined;
  subtasks: readonly SubtaskOfOccurrence[];
  /** Absent where there is nothing to decide. */
  decision: Decision | undefined;
}

interface Written {
  /** By id, as they stand afterwards. */
  tasks: ReadonlyMap<string, TaskRow>;
  /** Whose new list is not there. */
  lost: ReadonlySet<string>;
}

/** In a transaction. */
export async function revise(on: Executor, context: AssigningContext, { revisions }: Revise): Promise<Revised> {
  const buried = await bury(on, context, revisions);
  const cases = await readCases(on, context, revisions);
  const written = await write(on, context, cases);
  await reviseSubtasks(on, context, subtasksCases(cases, written), BY_TEMPLATE);
  const outcomes = cases.map((one) => (buried.has(one.id) ? 'removed' : outcomeOf(one, written.lost)));
  await keep(on, context, cases, outcomes, written.tasks);
  return { results: cases.map((one, index) => resultOf(one, outcomes[index] ?? 'unknown', written.tasks)) };
}

function bury(on: Executor, { principal }: AssigningContext, revisions: readonly OccurrenceRevision[]) {
  const removals = revisions.flatMap(({ task_id, revision, content }) =>
    content === null ? [{ id: task_id.toLowerCase(), revision }] : [],
  );
  return removals.length === 0 ? new Set<string>() : preventOccurrences(on, principal.workspaceId, removals);
}

/** Locks the occurrences, then their tasks: from here on nobody else changes one, or puts another task below it. */
async function readCases(
  on: Executor,
  context: AssigningContext,
  revisions: readonly OccurrenceRevision[],
): Promise<Case[]> {
  const { principal } = context;
  const ids = revisions.map(({ task_id }) => task_id.toLowerCase());
  const kept = await lockOccurrences(on, principal.workspaceId, ids);
  const tasks = new Map((await lockTasks(on, principal, [...kept.keys()])).map((row) => [row.id, row]));
  const subtasks = await lockSubtasks(on, principal.workspaceId, [...tasks.keys()]);
  const changed = [...tasks.values()].filter(({ id, version }) => kept.get(id)?.written_version !== version);
  const overridden = await overriddenOf(on, context, changed);
  return revisions.map((revision) => {
    const id = revision.task_id.toLowerCase();
    const known = { id, revision, kept: kept.get(id), task: tasks.get(id), subtasks: subtasks.get(id) ?? [] };
    const hasOwnSubtasks = known.subtasks.some(({ is_untouched: untouched }) => !untouched);
    const standing = { hasOwnSubtasks, overridden: overridden.get(id) ?? null };
    return { ...known, decision: decisionOn(known, standing, context) };
  });
}

function overriddenOf(on: Executor, { principal }: AssigningContext, changed: readonly TaskRow[]) {
  if (changed.length === 0) return new Map<string, string[]>();
  const ids = changed.map(({ id }) => id);
  return findOverridden(on, principal.workspaceId, ids);
}

function decisionOn(
  { revision, kept, task }: Omit<Case, 'decision'>,
  { hasOwnSubtasks, overridden }: Pick<StandingTask, 'hasOwnSubtasks' | 'overridden'>,
  { strangers }: AssigningContext,
): Decision | undefined {
  if (!kept || !task || revision.revision <= kept.revision) return undefined;
  const { content, force = false } = revision;
  const standing: StandingTask = {
    state: stateOf(task),
    version: task.version,
    writtenVersion: kept.written_version,
    hasOwnSubtasks,
    overridden,
  };
  const fields = content && fieldsOf(content, strangers, task.assignee_id);
  return decide(standing, { identity: identityOf(revision), fields, force });
}

/** Those of open tasks that the revision names. */
function subtasksCases(cases: readonly Case[], { tasks, lost }: Written): SubtasksCase[] {
  return cases.flatMap(({ id, revision, decision, subtasks }) => {
    const task = tasks.get(id);
    const wanted = revision.content?.subtasks;
    if (!wanted || !task || !decision || lost.has(id) || !isOpen(task)) return [];
    return [{ id, list_id: task.list_id, parent_id: task.parent_id, revision: revision.revision, subtasks, wanted }];
  });
}

async function write(on: Executor, context: AssigningContext, cases: readonly Case[]): Promise<Written> {
  const changes: TaskChange[] = [];
  const withdrawn: string[] = [];
  const skipped: string[] = [];
  const tasks = new Map<string, TaskRow>();
  for (const { id, task, decision, revision } of cases) {
    if (decision?.outcome === 'removed') (revision.force === true ? skipped : withdrawn).push(id);
    else if (task) tasks.set(id, task);
    if (!task || !decision || decision.outcome === 'removed' || Object.keys(decision.changes).length === 0) continue;
    const { state, changes: fields } = decision;
    changes.push({ row: task, state, event: 'updated', changes: fields, origin: revision.cause });
  }
  const lost = new Set(changes.map(({ row }) => row.id));
  for (const row of changes.length > 0 ? await updateTasks(on, context, changes, BY_TEMPLATE) : []) {
    tasks.set(row.id, row);
    // Locked and at the version read: who is missing wants a list that is not there.
    lost.delete(row.id);
  }
  if (withdrawn.length > 0) await deleteTrees(on, context, withdrawn, WITHDRAWAL);
  // A user has said so of this one, who may want it back.
  if (skipped.length > 0) await deleteTrees(on, context, skipped, { origin: 'recurrence' });
  return { tasks, lost };
}

function outcomeOf({ id, revision, kept, task, decision }: Case, lost: ReadonlySet<string>): ReviseOutcome {
  if (!kept) return 'unknown';
  if (revision.revision <= kept.revision) return asAnswered(kept.outcome, task);
  if (lost.has(id)) return 'list_not_found';
  if (decision) return decision.outcome;
  return revision.content === null && kept.outcome === 'removed' ? 'removed' : 'gone';
}

/** The first that was said of an occurrence was not said by a revision. */
function asAnswered(outcome: KeptOutcome, task: TaskRow | undefined): ReviseOutcome {
  if (outcome !== 'created') return outcome;
  return task ? 'unchanged' : 'gone';
}

async function keep(
  on: Executor,
  { principal }: AssigningContext,
  cases: readonly Case[],
  outcomes: readonly ReviseOutcome[],
  tasks: ReadonlyMap<string, TaskRow>,
): Promise<void> {
  const rows = cases.flatMap(({ id, revision, kept, decision }, index) => {
    const outcome = outcomes[index];
    if (!kept || revision.revision <= kept.revision || !outcome) return [];
    if (outcome === 'unknown' || outcome === 'list_not_found') return [];
    const isWritten = decision && decision.outcome !== 'removed' && decision.written;
    const written_version = isWritten ? (tasks.get(id)?.version ?? kept.written_version) : kept.written_version;
    return [{ task_id: id, revision: revision.revision, written_version, outcome }];
  });
  if (rows.length > 0) await saveOccurrences(on, principal.workspaceId, rows);
}

function resultOf({ id, revision }: Case, outcome: ReviseOutcome, tasks: ReadonlyMap<string, TaskRow>): ReviseResult {
  const task = tasks.get(id);
  return { task_id: revision.task_id, outcome, ...(task && { status: task.status }) };
}
