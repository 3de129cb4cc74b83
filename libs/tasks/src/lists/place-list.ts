// Where a list stands among the lists of its workspace.
import type { Executor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import { positionBeside } from '../domain/position.js';
import { reaches, type Reach } from '../domain/reach.js';
import { lockListPlaces, nextListPosition, readListPosition } from '../persistence/list-places.js';

interface Neighbour {
  before?: string | undefined;
  after?: string | undefined;
}

/**
 * In a transaction. @param id of the list that is moved, when it exists already.
 * @returns its new key; undefined when it is not to be moved. @throws InvalidInputError
 */
export async function listPositionAt(
  on: Executor,
  reach: Reach,
  { before, after }: Neighbour,
  id?: string,
): Promise<string | undefined> {
  if (before !== undefined && after !== undefined) {
    throw new InvalidInputError([{ field: 'after', code: 'not_combinable', issue: 'goes without before' }]);
  }
  const named = (before ?? after)?.toLowerCase();
  if (named === undefined) return undefined;
  const side = before === undefined ? 'after' : 'before';
  const { workspaceId } = reach;
  await lockListPlaces(on, workspaceId);
  const neighbour = named !== id && reaches(reach, named) ? await readListPosition(on, workspaceId, named) : undefined;
  if (neighbour === undefined) {
    throw new InvalidInputError([{ field: side, code: 'not_found', issue: 'must be another list of the workspace' }]);
  }
  return positionBeside(side, neighbour, await nextListPosition(on, workspaceId, side, neighbour, id));
}
