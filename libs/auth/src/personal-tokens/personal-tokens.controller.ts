// Personal access tokens: create, list, revoke. Only a session manages them, so that no token outlives itself.
import { Controller, Inject } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  buildPage,
  DomainError,
  InvalidInputError,
  type FaultCode,
  normalInstant,
  readPageRequest,
  VersionConflictError,
  type CallContext,
  type InputOf,
} from '@mono/contract';
import { Database, NodeInfo, once, Operation, type Executor } from '@mono/platform';
import {
  authErrors,
  covers,
  DEFAULT_TOKEN_DAYS,
  invalidAccessToken,
  makePersonalToken,
  MAX_PERSONAL_TOKENS,
  MAX_TOKEN_DAYS,
  parsePersonalToken,
  personalTokensOperations as operations,
  RememberedPersonalTokens,
  scopesOfRole,
  type NewPersonalToken,
  type PersonalToken,
  type PersonalTokenPage,
} from '../../contract/index.js';
import { findRole } from '../persistence/members.js';
import {
  countPersonalTokens,
  findPersonalTokenRows,
  holdUser,
  insertPersonalToken,
  readPersonalToken,
  revokePersonalToken,
  type PersonalTokenFields,
  type PersonalTokenRow,
} from '../persistence/personal-tokens.js';
import { findAccess } from '../persistence/sessions.js';
import { addUserEvent, type NewUserEvent } from '../persistence/user-events.js';
import { findMemberships, findUser } from '../persistence/users.js';
import { holdWorkspace } from '../persistence/workspaces.js';
import { originOf, signedIn } from '../users/caller.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

@Controller()
export class PersonalTokensController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly remembered: RememberedPersonalTokens,
    /** Every token carries the name of its environment. */
    @Inject(NodeInfo) private readonly node: Pick<NodeInfo, 'environment'>,
  ) {}

  @Operation(operations.createPersonalToken)
  createPersonalToken(
    input: InputOf<typeof operations.createPersonalToken>,
    context: CallContext,
  ): Promise<NewPersonalToken> {
    const { userId } = signedIn(context);
    const fields = fieldsOf(input);
    const work = async (on: Executor): Promise<NewPersonalToken> => {
      await requireStillSignedIn(on, context);
      await requireOwnRights(on, userId, fields);
      if ((await countPersonalTokens(on, userId, 'active')) >= MAX_PERSONAL_TOKENS) {
        throw authErrors.too_many_personal_tokens();
      }
      const token = makePersonalToken(this.node.environment);
      const credential = parsePersonalToken(token);
      if (!credential) throw new Error('Invariant violated: a generated token is invalid.');
      const row = await insertPersonalToken(on, userId, fields, credential);
      await this.publish(on, context, 'personal_token_created', row.id);
      return Object.assign(toToken(row), { token });
    };
    return once(this.database, operations.createPersonalToken, context, input, work, {
      showsSecret: true,
      atomic: true,
    });
  }

  @Operation(operations.findPersonalTokens)
  async findPersonalTokens(
    query: InputOf<typeof operations.findPersonalTokens>,
    context: CallContext,
  ): Promise<PersonalTokenPage> {
    const { userId } = signedIn(context);
    const { state } = query;
    const request = readPageRequest(query, ['uuid'], { user: userId });
    return buildPage(request, {
      rows: await findPersonalTokenRows(this.database, userId, state, request),
      item: toToken,
      key: ({ id }) => [id],
      total: request.countsExactly ? await countPersonalTokens(this.database, userId, state) : undefined,
    });
  }

  @Operation(operations.getPersonalToken)
  async getPersonalToken(
    { id }: InputOf<typeof operations.getPersonalToken>,
    context: CallContext,
  ): Promise<PersonalToken> {
    const row = await readPersonalToken(this.database, signedIn(context).userId, id);
    if (!row) throw authErrors.personal_token_not_found({ id });
    return toToken(row);
  }

  @Operation(operations.revokePersonalToken)
  async revokePersonalToken(
    { id }: InputOf<typeof operations.revokePersonalToken>,
    context: CallContext,
  ): Promise<void> {
    const { userId } = signedIn(context);
    await this.database.transaction(async (on) => {
      if (!(await revokePersonalToken(on, userId, id, context.expectedVersion))) {
        const row = await readPersonalToken(on, userId, id);
        throw row ? new VersionConflictError(row.version) : authErrors.personal_token_not_found({ id });
      }
      await this.publish(on, context, 'personal_token_revoked', id);
    });
    this.remembered.forget(userId);
  }

  private async publish(on: Executor, context: CallContext, event: NewUserEvent['event'], id: string): Promise<void> {
    const user = await findUser(on, signedIn(context).userId);
    if (!user) throw invalidAccessToken();
    await addUserEvent(on, originOf(context), { event, user, personal_token_id: id });
    on.afterCommit(() => this.signal.wake());
  }
}

/** A change of the password that is under way ends first: it ends the session, too. @throws DomainError `unauthorized`. */
async function requireStillSignedIn(on: Executor, context: CallContext): Promise<void> {
  const { userId, sessionId } = signedIn(context);
  await holdUser(on, userId);
  if (!(await findAccess(on, userId, sessionId, undefined))) throw invalidAccessToken();
}

/** @throws DomainError `forbidden` for a scope that no role of the user gives; `workspace_not_found`. */
async function requireOwnRights(
  on: Executor,
  userId: string,
  { scopes, workspace_id: workspaceId }: PersonalTokenFields,
): Promise<void> {
  const given = new Set<string>();
  if (workspaceId === null) {
    for (const { role } of await findMemberships(on, userId)) for (const scope of scopesOfRole(role)) given.add(scope);
  } else {
    // A removal under way ends first.
    await holdWorkspace(on, workspaceId);
    const role = await findRole(on, workspaceId, userId);
    if (!role) throw authErrors.workspace_not_found({ id: workspaceId });
    for (const scope of scopesOfRole(role)) given.add(scope);
  }
  // `*` means all that the user has, whatever that is.
  const more = scopes.filter((scope) => scope !== '*' && !covers([...given], [scope]));
  if (more.length === 0) return;
  const message = `This would give more rights than you have: ${more.join(', ')}.`;
  throw new DomainError('forbidden', 'forbidden', message, [
    { field: 'scopes', code: 'not_allowed', issue: 'gives more than the caller has' },
  ]);
}

function fieldsOf({
  name,
  scopes,
  workspace_id = null,
  list_ids = null,
  expires_at,
}: InputOf<typeof operations.createPersonalToken>): PersonalTokenFields {
  if (list_ids !== null && workspace_id === null) throw faulty('list_ids', 'not_combinable', 'requires workspace_id');
  return { name, scopes, workspace_id, list_ids, expires_at: endOf(expires_at) };
}

/** @throws InvalidInputError for an end that is past or too far. */
function endOf(text: string | null | undefined): string {
  const now = Date.now();
  if (text === undefined || text === null) return new Date(now + DEFAULT_TOKEN_DAYS * DAY_MS).toISOString();
  const instant = normalInstant(text);
  if (Date.parse(instant) <= now) throw faulty('expires_at', 'out_of_range', 'must be in the future');
  if (Date.parse(instant) > now + MAX_TOKEN_DAYS * DAY_MS) {
    throw faulty('expires_at', 'out_of_range', `must be at most ${MAX_TOKEN_DAYS} days from now`);
  }
  return instant;
}

function faulty(field: string, code: FaultCode, issue: string): InvalidInputError {
  return new InvalidInputError([{ field, code, issue }]);
}

function toToken({ user_id: _user, ...row }: PersonalTokenRow): PersonalToken {
  return { ...row, state: Date.parse(row.expires_at) <= Date.now() ? 'expired' : 'active' };
}
