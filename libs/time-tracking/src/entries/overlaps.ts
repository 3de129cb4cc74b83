// What the workspace's policy says of entries of one person at the same time. Under `refuse` all of the person's entries are
// looked at, which nobody else writes meanwhile; those that were written under it the table's constraint keeps apart as well.
// Hence nothing has to be done to a million entries when the policy changes.
import type { Executor } from '@mono/platform';
import type { Times } from '../domain/entry-times.js';
import type { Reach } from '../domain/reach.js';
import { entriesOverlap } from '../persistence/entry-records.js';
import { findOverlaps, type Stretch } from '../persistence/entry-reads.js';
import type { SettingsRow } from '../persistence/settings-rows.js';

/** Named in an answer. */
const MOST_NAMED = 10;

export interface Judgement {
  /** Ids of others, where they are to be named. */
  overlaps: string[];
  /** Whether the constraint is to keep others from its time. */
  exclusive: boolean;
}

/**
 * @param reach of the caller: what lies beyond it counts, and is not named.
 * @param former of an entry that is changed: what stays within that is never refused, so that what overlaps can be mended.
 * @throws DomainError `entries_overlap`.
 */
export async function judgeOverlaps(
  on: Executor,
  reach: Reach,
  { overlap_policy: policy }: SettingsRow,
  stretch: Stretch,
  former?: Times,
): Promise<Judgement> {
  if (policy === 'allow') return { overlaps: [], exclusive: false };
  const found = await findOverlaps(on, reach, stretch, MOST_NAMED);
  const named = found.filter((other) => other.is_within_reach).map(({ id }) => id);
  if (policy === 'warn') return { overlaps: named, exclusive: false };
  if (found.length > 0 && !(former && isWithin(stretch, former))) throw entriesOverlap(named);
  return { overlaps: [], exclusive: found.length === 0 };
}

function isWithin(times: Times, former: Times): boolean {
  return startOf(times) >= startOf(former) && endOf(times) <= endOf(former);
}

function startOf({ started_at: startedAt }: Times): number {
  return Date.parse(startedAt);
}

function endOf({ ended_at: endedAt }: Times): number {
  return endedAt === null ? Infinity : Date.parse(endedAt);
}
