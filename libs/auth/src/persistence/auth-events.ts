// The events of this module as rows of its outbox.
import type { EventContract } from '@mono/bus';
import type { CallContext, Changes, Principal } from '@mono/contract';
import { traceHeaders } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { ApiKeyEvent, WorkspaceEvent } from '../../contract/index.js';

/** The actor of a change, and its request. */
export type Doer = Pick<CallContext, 'requestId' | 'source'> & { principal: Pick<Principal, 'kind' | 'id'> };

interface Origin<Kind> {
  actor: { kind: Kind; id: string };
  request_id: string;
  source: string;
}

/** The fields of an event that come from its doer. */
export function originOfEvent<Kind extends Principal['kind']>({
  principal: { kind, id },
  requestId,
  source,
}: Doer & { principal: { kind: Kind } }): Origin<Kind> {
  return { actor: { kind, id }, request_id: requestId, source: source ?? 'unknown' };
}

/** `event_id`, `subject` and `payload` of the event that a statement writes with its change, in this order. */
export function eventColumns(
  doer: Doer,
  { name, subject }: EventContract<ApiKeyEvent | WorkspaceEvent>,
  about: Pick<ApiKeyEvent | WorkspaceEvent, 'aggregate' | 'aggregate_id' | 'workspace_id' | 'changes'>,
): unknown[] {
  const payload = { event: name, ...about, ...originOfEvent(doer), ...traceHeaders() };
  return [uuidv7(), subject, JSON.stringify(payload)];
}

/** Old and new value of each of these fields that differs; null for "none". */
export function changesOf<Fields extends object>(
  names: readonly (keyof Fields & string)[],
  from: Fields | undefined,
  to: Fields,
): Changes {
  const changes: Changes = {};
  for (const name of names) {
    const [before, after] = [from?.[name] ?? null, to[name] ?? null];
    if (JSON.stringify(before) !== JSON.stringify(after)) changes[name] = { from: before, to: after };
  }
  return changes;
}
