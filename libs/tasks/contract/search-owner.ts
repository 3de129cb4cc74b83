// How a module takes part in the search of the workspace: it declares this operation and handles it. The search finds it among the
// operations of all features, and asks each owner with the rights of the caller.
import {
  EnumField,
  IntegerField,
  BooleanField,
  internal,
  operations,
  TextField,
  TextsField,
  TimeZoneField,
  type AnyOperation,
  type CallContext,
  type Operation,
  type OperationMap,
} from '@mono/contract';
import { MAX_SEARCH_CHARACTERS, MAX_SEARCH_ITEMS, type SearchItem } from './search.js';
import { OCCURRENCES_SHOWN, type OccurrencesShown } from './task-constants.js';
import { SEARCH_LIMITS } from './tasks.operations.js';

export class FindMatches {
  @TextField({ description: 'The text of the search.', min: 1, max: MAX_SEARCH_CHARACTERS, notBlank: true })
  q: string;

  @TextsField({ description: 'Only items of these kinds.', maxItems: 20, max: 64, optional: true })
  kinds?: string[];

  @BooleanField({ description: 'Whether similar words match.', optional: true })
  similar?: boolean;

  @EnumField({ description: 'The upcoming occurrences to show.', values: OCCURRENCES_SHOWN, optional: true })
  occurrences?: OccurrencesShown;

  @TimeZoneField({ description: 'The zone of today.', optional: true })
  timezone?: string;

  @IntegerField({ description: 'How many items at most.', min: 1, max: MAX_SEARCH_ITEMS + 1 })
  limit: number;
}

/** The most relevant first; nothing of what the caller may not read. */
export class FoundMatches {
  items: SearchItem[];
}

export interface SearchOperations extends OperationMap {
  /** @throws the handler `query_too_expensive`. */
  findMatches: Operation<FindMatches, FoundMatches, CallContext> & {
    /** The kinds of its things, as parameters name them. */
    readonly searchKinds: readonly string[];
  };
}

/** @param kinds of the things of the module, as parameters name them. */
export function searchOperationsOf(module: string, kinds: readonly string[]): SearchOperations {
  const { findMatches } = operations(
    module,
    {},
    {
      findMatches: internal({
        summary: 'Find what matches a search',
        body: FindMatches,
        reply: FoundMatches,
        reads: true,
        onBehalf: true,
        ...SEARCH_LIMITS,
      }),
    },
  );
  const owned = { ...findMatches, searchKinds: kinds };
  return { findMatches: owned };
}

/** Whether a feature's operations are those of an owner. */
export function isSearchOwner(map: OperationMap): map is SearchOperations {
  return Object.values(map).some((operation: AnyOperation) => 'searchKinds' in operation);
}
