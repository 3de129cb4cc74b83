// The log of changes of status for other modules, a page at a time.
import { Controller } from '@nestjs/common';
import { MAX_PAGE_BYTES, type InputOf } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  DEFAULT_TRANSITIONS,
  transitionsOperations,
  type Transition,
  type TransitionPage,
  type TransitionTask,
} from '../../contract/index.js';
import { UNKNOWN_FACTS } from '../persistence/task-facts.js';
import { readTransitions, type TransitionRow } from '../persistence/transition-records.js';

/** What is around items and tasks. */
const ENVELOPE_BYTES = 128;

@Controller()
export class TransitionsController {
  constructor(private readonly database: Database) {}

  /**
   * A page of the log of changes of status, in the order in which it was written; below 4 MiB, so that it may end before
   * the limit. That is not the order of commits: a transition that was written earlier may be committed later, behind a
   * reader who has passed its place. It is announced by its event (`created`, `status_changed`, `completed`, `deleted`): consume
   * these first, then read, and take the transition with the same task and version once.
   * The log of an erased workspace is erased as well.
   */
  @Operation(transitionsOperations.transitions)
  async transitions({
    after = '0',
    limit = DEFAULT_TRANSITIONS,
  }: InputOf<typeof transitionsOperations.transitions>): Promise<TransitionPage> {
    // One more than asked for tells whether there is a next page.
    const rows = await readTransitions(this.database, after, limit + 1);
    const page: TransitionPage = { items: [], tasks: [], next: null };
    let bytes = ENVELOPE_BYTES;
    let last = after;
    for (const row of rows) {
      const item = transitionOf(row);
      const task = taskOf(row);
      bytes += jsonBytes(item) + (task ? jsonBytes(task) : 0);
      if (page.items.length === limit || bytes > MAX_PAGE_BYTES) {
        page.next = last;
        break;
      }
      page.items.push(item);
      if (task) page.tasks.push(task);
      last = row.seq;
    }
    return page;
  }
}

function transitionOf(row: TransitionRow): Transition {
  return {
    workspace_id: row.workspace_id,
    task_id: row.task_id,
    version: row.version,
    from: row.from_status,
    to: row.to_status,
    occurred_at: row.occurred_at,
    actor: { kind: row.actor_kind, id: row.actor_id },
    request_id: row.request_id,
  };
}

/** @returns undefined where an earlier row of the page has told it. */
function taskOf({ task_id, workspace_id, task_version, deleted, facts }: TransitionRow): TransitionTask | undefined {
  if (task_version === null) return undefined;
  return { id: task_id, workspace_id, version: task_version, deleted, ...(facts ?? UNKNOWN_FACTS) };
}

/** With the comma behind it. A task with its tags is at most some 20 kB, so that a page has always one. */
function jsonBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}
