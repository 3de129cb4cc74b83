// Relations between two tasks: stored in one direction, seen from both.
import type { RelationKind } from '../../contract/task-constants.js';

export type StoredKind = 'blocks' | 'relates_to' | 'duplicates';

/** A relation as it is stored. */
export interface Link {
  kind: StoredKind;
  task_id: string;
  other_id: string;
}

const INVERSE = {
  blocks: 'blocked_by',
  blocked_by: 'blocks',
  relates_to: 'relates_to',
  duplicates: 'duplicated_by',
  duplicated_by: 'duplicates',
} as const satisfies Record<RelationKind, RelationKind>;

export function linkOf(kind: RelationKind, from: string, to: string): Link {
  switch (kind) {
    case 'blocked_by':
      return { kind: 'blocks', task_id: to, other_id: from };
    case 'duplicated_by':
      return { kind: 'duplicates', task_id: to, other_id: from };
    case 'blocks':
    case 'relates_to':
    case 'duplicates':
      return { kind, task_id: from, other_id: to };
  }
}

/** As one of its two tasks sees it. */
export function kindSeenFrom(taskId: string, { kind, task_id }: Link): RelationKind {
  return taskId === task_id ? kind : INVERSE[kind];
}

/** As a kind is stored, and from which end it is seen; both ends of a relation without direction. */
export function sidesOf(kind: RelationKind): { kind: StoredKind; forwards: boolean; backwards: boolean } {
  const stored = linkOf(kind, '', '').kind;
  const isForwards = stored === kind;
  return { kind: stored, forwards: isForwards, backwards: !isForwards || INVERSE[stored] === stored };
}
