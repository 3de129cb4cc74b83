// The rows of a feed as the streams of every node read them.
import { IntegerField, ObjectField, TextField, TextsField, UuidField, type ChangeKind } from '@mono/contract';

/** Rows per read, which fit into a message of the bus. */
export const MAX_FEED_ROWS = 500;

const MAX_TYPES = 1_000;
const MAX_LISTS = 1_000;
const types = { maxItems: MAX_TYPES, max: 64 };

/** The rows of a caller, by type. */
export class VisibleRows {
  @TextsField({ description: 'Types with all of their rows.', ...types })
  open: readonly string[];

  @TextsField({ description: 'Types with the rows that concern `lists`.', ...types })
  listed: readonly string[];

  @TextsField({ description: 'Ids of lists.', maxItems: MAX_LISTS, max: 36 })
  lists: readonly string[];

  @TextsField({ description: 'Types with the rows of the user’s own things, and of shared ones.', ...types })
  own: readonly string[];

  @TextsField({
    description: 'Types of which the user sees own things only, by their key `user_id`.',
    ...types,
    optional: true,
  })
  personal?: readonly string[];

  @TextField({ description: 'The user.', max: 36, nullable: true })
  userId: string | null;
}

export class FeedRowsQuery {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @IntegerField({ description: 'The position before the first row.', min: 0, max: Number.MAX_SAFE_INTEGER })
  after: number;

  @IntegerField({ description: 'Maximum rows.', min: 1, max: MAX_FEED_ROWS })
  limit: number;

  @ObjectField(() => VisibleRows, { description: 'The rows to read.' })
  visible: VisibleRows;
}

export interface FeedRow {
  position: number;
  event_id: string;
  type: string;
  thing_id: string;
  change: ChangeKind;
  version: number;
  /** After the change; null for what is in no list, and for what is deleted. An owned thing has its user or the workspace here. */
  list_id: string | null;
  /** Before the change; null for what was in no list, and for what is created. */
  from_list_id: string | null;
  fields: string[];
  keys: Record<string, string>;
  actor_kind: string;
  actor_id: string;
  origin: string | null;
  request_id: string;
  occurred_at: string;
}

export class FeedRows {
  /** The position of the last change of the workspace. */
  head: number;
  /** Changes up to here may be gone. */
  pruned_to: number;
  /** All rows up to here that the query names have been read. */
  reached: number;
  rows: FeedRow[];
}
