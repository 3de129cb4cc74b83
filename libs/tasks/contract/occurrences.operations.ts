// Occurrences as tasks, for recurrence alone. A module calls on its own account: for whom it acts is part of the request.
import {
  EnumField,
  internal,
  ObjectField,
  operations,
  TextField,
  UuidField,
  type CallContext,
  type Principal,
} from '@mono/contract';
import { InboxList, Materialise, Materialised, Revise, Revised } from './occurrences.js';

/** A batch keeps a connection of the database busy: more at once only wait for each other. */
const BATCHES = { reads: true, timeoutMs: 30_000, concurrency: 8 };
const KINDS = ['api_key', 'user', 'system'] as const satisfies readonly Principal['kind'][];

/** The principal on whose behalf a module calls. */
export class OccurrencesCaller {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @EnumField({ description: 'The kind of the actor that the events name.', values: KINDS })
  kind: Principal['kind'];

  @TextField({ description: 'Its id, or the name of a system principal.', min: 1, max: 255 })
  id: string;
}

class OnBehalf {
  @ObjectField(() => OccurrencesCaller, { description: 'The principal.' })
  caller: OccurrencesCaller;
}

export class MaterialiseOccurrences extends OnBehalf {
  @ObjectField(() => Materialise, { description: 'The occurrences to create.' })
  input: Materialise;
}

export class ReviseOccurrences extends OnBehalf {
  @ObjectField(() => Revise, { description: 'The revisions to apply.' })
  input: Revise;
}

export class GetInbox extends OnBehalf {}

export const occurrencesOperations = operations(
  'tasks',
  {},
  {
    materialiseOccurrences: internal({
      summary: 'Create the tasks of occurrences',
      body: MaterialiseOccurrences,
      reply: Materialised,
      ...BATCHES,
    }),
    reviseOccurrences: internal({
      summary: 'Change the tasks of occurrences',
      body: ReviseOccurrences,
      reply: Revised,
      ...BATCHES,
    }),
    inbox: internal({
      summary: 'Get the Inbox of a workspace',
      body: GetInbox,
      reply: InboxList,
      reads: true,
      timeoutMs: 30_000,
    }),
  },
);

export function callerOf({ principal }: CallContext): OccurrencesCaller {
  return { workspace_id: principal.workspaceId, kind: principal.kind, id: principal.id };
}

/** The other end of `callerOf`. */
export function principalOf({ workspace_id: workspaceId, kind, id }: OccurrencesCaller): Principal {
  return { kind, id, workspaceId, scopes: ['*'] };
}
