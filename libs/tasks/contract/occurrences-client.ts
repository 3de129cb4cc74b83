// Occurrences as tasks, for recurrence: large requests go in several messages.
import { callOptionsOf, type CallContext, type Requester } from '@mono/contract';
import { callerOf, occurrencesOperations } from './occurrences.operations.js';
import type { InboxList, Materialise, Materialised, Revise, Revised } from './occurrences.js';

/** Of one message: below a megabyte, which is the default limit of a nats-server. */
const MAX_BYTES = 768 * 1024;

/** `context.principal` is the one on whose behalf the module acts. Each method may be repeated, by any number of callers at once. */
export class OccurrencesClient {
  constructor(private readonly bus: Requester) {}

  /** Creates the tasks of occurrences, each once for good. @throws InvalidInputError where a task is named twice. */
  async materialise(context: CallContext, { occurrences }: Materialise): Promise<Materialised> {
    const results: Materialised['results'] = [];
    for (const part of partsOf(occurrences)) {
      const body = { caller: callerOf(context), input: { occurrences: part } };
      const answer = await this.bus.request(occurrencesOperations.materialiseOccurrences, body, optionsOf(context));
      results.push(...answer.results);
    }
    return { results };
  }

  /**
   * Brings tasks that nobody has touched to a new content, or removes them. Untouched: at the version that recurrence has
   * written last, in `todo`, without subtasks of users. Its untouched subtasks follow their template, or go with it. With `force`, a touched one in `todo` is brought to the content as well, and
   * a touched one that is not finished or put away is removed, with its subtasks. A task's template always follows.
   * @throws InvalidInputError where a task is named twice.
   */
  async revise(context: CallContext, { revisions }: Revise): Promise<Revised> {
    const results: Revised['results'] = [];
    for (const part of partsOf(revisions)) {
      const body = { caller: callerOf(context), input: { revisions: part } };
      const answer = await this.bus.request(occurrencesOperations.reviseOccurrences, body, optionsOf(context));
      results.push(...answer.results);
    }
    return { results };
  }

  /** The list that takes tasks without one; created where it is missing. */
  inbox(context: CallContext): Promise<InboxList> {
    return this.bus.request(occurrencesOperations.inbox, { caller: callerOf(context) }, optionsOf(context));
  }
}

/** The module calls on its own account. */
function optionsOf({ requestId, deadline, signal }: CallContext): ReturnType<typeof callOptionsOf> {
  return { requestId, deadline, signal };
}

/** As few messages as will do. */
function partsOf<Item>(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [[]];
  let room = MAX_BYTES;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item));
    if (bytes > room && parts.at(-1)?.length !== 0) {
      parts.push([]);
      room = MAX_BYTES;
    }
    parts.at(-1)?.push(item);
    room -= bytes;
  }
  return parts;
}
