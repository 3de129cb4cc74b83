// What time tracking reads of this module to build its own tables anew. Implemented by the use case; other modules call its
// client over the bus.
import type { TransitionPage, TransitionsQuery } from './transitions.js';

/** Only for modules. It reads all workspaces. */
export abstract class TransitionsApi {
  /**
   * A page of the log of changes of status, in the order in which it was written; below 4 MiB, so that it may end before
   * the limit. That is not the order of commits: a transition that was written earlier may be committed later, behind a
   * reader who has passed its place. It is told by its event (`created`, `status_changed`, `completed`, `deleted`): hear these
   * first, then read, and take the transition with the same task and version once.
   * What is erased with its workspace is not in the log any more.
   * @throws InvalidInputError for an `after` that no page gave, or a limit beyond MAX_TRANSITIONS.
   */
  abstract page(input: TransitionsQuery): Promise<TransitionPage>;
}
