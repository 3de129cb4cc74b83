// What recurrence asks of this module. Implemented by the use cases; other modules call its client over the bus.
import type { CallContext } from '@mono/contract';
import type { InboxList, Materialise, Materialised, Revise, Revised } from './occurrences.js';

/**
 * Only for modules. `context.principal` says in which workspace and for whom: a system principal, as a rule. Each method may
 * be repeated, by any number of callers at once. Events have the origin
 * `recurrence`, or what a revision names as its cause.
 */
export abstract class OccurrencesApi {
  /** Makes tasks of occurrences, each once for good. @throws InvalidInputError where a task is named twice or due twice over. */
  abstract materialise(context: CallContext, input: Materialise): Promise<Materialised>;

  /**
   * Brings tasks that nobody has touched to a new content, or removes them. Untouched: at the version that recurrence has
   * written last, in `todo`, without subtasks. With `force`, a touched one in `todo` is brought to the content as well, and
   * a touched one that is not finished or put away is removed, with its subtasks. A task's template always follows.
   * @throws InvalidInputError as above.
   */
  abstract revise(context: CallContext, input: Revise): Promise<Revised>;

  /** The list that takes tasks without one; made if needed. */
  abstract inbox(context: CallContext): Promise<InboxList>;
}
