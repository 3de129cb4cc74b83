// What modules ask about occurrences over the bus. An internal request tells which module asks, so the workspace and the
// one for whom it asks are part of the question.
import { defineRequest, type Contract } from '@mono/bus';
import { EnumField, ObjectField, TextField, UuidField, type CallContext, type Principal } from '@mono/contract';
import { InboxList, Materialise, Materialised, Revise, Revised } from './occurrences.js';

const module = 'tasks';
const TIMEOUT_MS = 30_000;
/** A batch keeps a connection of the database busy: more at once only wait for each other. */
const CONCURRENCY = 8;
const KINDS = ['api_key', 'user', 'system'] as const satisfies readonly Principal['kind'][];

/** For whom a module asks. */
export class OccurrencesCaller {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @EnumField({ description: 'Who is said to have made the changes.', values: KINDS })
  kind: Principal['kind'];

  @TextField({ description: 'Their id, or the name of a system principal.', min: 1, max: 255 })
  id: string;
}

class Asked {
  @ObjectField(() => OccurrencesCaller, { description: 'For whom.' })
  caller: OccurrencesCaller;
}

export class MaterialiseOccurrences extends Asked {
  @ObjectField(() => Materialise, { description: 'What is to be made.' })
  input: Materialise;
}

export class ReviseOccurrences extends Asked {
  @ObjectField(() => Revise, { description: 'What is to become of them.' })
  input: Revise;
}

export class AskInbox extends Asked {}

export function callerOf({ principal }: CallContext): OccurrencesCaller {
  return { workspace_id: principal.workspaceId, kind: principal.kind, id: principal.id };
}

/** The other end of `callerOf`. */
export function principalOf({ workspace_id: workspaceId, kind, id }: OccurrencesCaller): Principal {
  return { kind, id, workspaceId, scopes: ['*'] };
}

const common = { module, internal: true, idempotent: true, timeoutMs: TIMEOUT_MS } as const;

export const occurrencesRequests = {
  materialise: defineRequest({
    ...common,
    name: 'materialise_occurrences',
    request: MaterialiseOccurrences,
    reply: Materialised,
    concurrency: CONCURRENCY,
  }),
  revise: defineRequest({
    ...common,
    name: 'revise_occurrences',
    request: ReviseOccurrences,
    reply: Revised,
    concurrency: CONCURRENCY,
  }),
  inbox: defineRequest({ ...common, name: 'inbox', request: AskInbox, reply: InboxList }),
} as const;

export const occurrencesContracts: readonly Contract[] = Object.values(occurrencesRequests);
