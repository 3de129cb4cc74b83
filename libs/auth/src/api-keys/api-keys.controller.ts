// API keys: create, read, update, rotate, revoke. A caller gives away no more rights than it has, and to a caller a key that
// reaches further than its own credential does not exist (decisions/0004-keys-within-reach.md).
import { Controller, Inject } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  buildPage,
  InvalidInputError,
  type FaultCode,
  normalInstant,
  readPageRequest,
  requireVersion,
  type CallContext,
  type InputOf,
} from '@mono/contract';
import { Database, NodeInfo, once, Operation, type Executor } from '@mono/platform';
import { Temporal } from 'temporal-polyfill';
import {
  apiKeysOperations,
  authErrors,
  makeApiKey,
  OPERATOR,
  parseApiKey,
  type ApiKey,
  type ApiKeyPage,
  type ApiKeyState,
  type NewApiKey,
} from '../../contract/index.js';
import {
  countApiKeys,
  endSecrets,
  findApiKeyRows,
  insertApiKey,
  insertSecret,
  keyChanges,
  lockApiKey,
  readApiKey,
  updateApiKey,
  type ApiKeyFields,
  type ApiKeyRow,
} from '../persistence/api-keys.js';
import { requireNoMore, reachesNoFurther, rightsOfCaller, type Reach } from './rights.js';

const DEFAULT_OVERLAP = 'P1D';
const LONGEST_OVERLAP_SECONDS = 30 * 24 * 60 * 60;

/** As CreateApiKey; on the command line with `operator` among the scopes. */
export type ApiKeyInput = Partial<ApiKeyFields> & Pick<ApiKeyFields, 'name' | 'scopes'>;

@Controller()
export class ApiKeysController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    /** Every key carries the name of its environment. */
    @Inject(NodeInfo) private readonly node: Pick<NodeInfo, 'environment'>,
  ) {}

  @Operation(apiKeysOperations.createApiKey)
  createApiKey(input: ApiKeyInput, context: CallContext): Promise<NewApiKey> {
    const expiresAt = futureInstant(input.expires_at ?? null);
    const fields: ApiKeyFields = { list_ids: null, allowed_ips: null, ...input, expires_at: expiresAt };
    requireConsistency(fields);
    return this.showing(context, apiKeysOperations.createApiKey, input, async (on) => {
      requireNoMore(fields, await rightsOfCaller(on, context));
      return insertApiKey(on, context, fields);
    });
  }

  @Operation(apiKeysOperations.rotateApiKey)
  rotateApiKey(
    { id, overlap = DEFAULT_OVERLAP }: InputOf<typeof apiKeysOperations.rotateApiKey>,
    context: CallContext,
  ): Promise<NewApiKey> {
    const seconds = Temporal.Duration.from(overlap).total({
      unit: 'seconds',
      relativeTo: Temporal.Now.plainDateISO('UTC'),
    });
    if (seconds > LONGEST_OVERLAP_SECONDS) throw faulty('overlap', 'out_of_range', 'must be 30 days at most');
    return this.showing(context, apiKeysOperations.rotateApiKey, { id, overlap }, async (on) => {
      const rights = await rightsOfCaller(on, context);
      const row = await this.lockUsable(on, context, id, rights);
      // The caller holds the key afterwards: it must not open more than the caller's own.
      requireNoMore(row, rights);
      await endSecrets(on, id, seconds);
      await updateApiKey(on, context, row, { event: 'api_key_rotated', fields: row });
      return id;
    });
  }

  @Operation(apiKeysOperations.findApiKeys)
  async findApiKeys(query: InputOf<typeof apiKeysOperations.findApiKeys>, context: CallContext): Promise<ApiKeyPage> {
    const { workspaceId } = context.principal;
    const request = readPageRequest(query, ['uuid'], { workspace: workspaceId });
    const filter = { workspaceId, state: query.state, within: await rightsOfCaller(this.database, context) };
    return buildPage(request, {
      rows: await findApiKeyRows(this.database, filter, request),
      item: toApiKey,
      key: ({ id }) => [id],
      total: request.countsExactly ? await countApiKeys(this.database, filter) : undefined,
    });
  }

  @Operation(apiKeysOperations.getApiKey)
  async getApiKey({ id }: InputOf<typeof apiKeysOperations.getApiKey>, context: CallContext): Promise<ApiKey> {
    const rights = await rightsOfCaller(this.database, context);
    return toApiKey(await requireWithin(rights, this.database, context, id));
  }

  @Operation(apiKeysOperations.updateApiKey)
  updateApiKey({ id, patch }: InputOf<typeof apiKeysOperations.updateApiKey>, context: CallContext): Promise<ApiKey> {
    const { expires_at: asked, ...others } = patch;
    const change = asked === undefined ? others : { ...others, expires_at: futureInstant(asked) };
    return this.database.transaction(async (on) => {
      const rights = await rightsOfCaller(on, context);
      const row = await this.lockUsable(on, context, id, rights);
      requireVersion(context, row);
      const fields = Object.assign(fieldsOf(row), change);
      if (Object.keys(keyChanges(row, fields)).length === 0) return toApiKey(row);
      requireConsistency(fields);
      requireNoMore(fields, rights);
      await updateApiKey(on, context, row, { event: 'api_key_updated', fields });
      on.afterCommit(() => this.signal.wake());
      return toApiKey(await requireKey(on, context, id));
    });
  }

  @Operation(apiKeysOperations.revokeApiKey)
  revokeApiKey({ id }: InputOf<typeof apiKeysOperations.revokeApiKey>, context: CallContext): Promise<void> {
    return this.database.transaction(async (on) => {
      const rights = await rightsOfCaller(on, context);
      await lockApiKey(on, context.principal.workspaceId, id);
      const row = await requireWithin(rights, on, context, id);
      requireVersion(context, row);
      if (row.revoked_at !== null) return;
      const revokedAt = new Date().toISOString();
      await updateApiKey(on, context, row, { event: 'api_key_revoked', fields: row, revokedAt });
      on.afterCommit(() => this.signal.wake());
    });
  }

  /** Adds a new secret to the key of `change`, and returns it. */
  private showing(
    context: CallContext,
    operation: Parameters<typeof once>[1],
    input: unknown,
    change: (on: Executor) => Promise<string>,
  ): Promise<NewApiKey> {
    const work = async (on: Executor): Promise<NewApiKey> => {
      const id = await change(on);
      const key = makeApiKey(this.node.environment);
      const credential = parseApiKey(key);
      if (!credential) throw new Error('Invariant violated: a generated key is invalid.');
      await insertSecret(on, id, credential);
      on.afterCommit(() => this.signal.wake());
      return Object.assign(toApiKey(await requireKey(on, context, id)), { key });
    };
    return once(this.database, operation, context, input, work, { showsSecret: true, atomic: true });
  }

  /** @throws DomainError `api_key_revoked`. */
  private async lockUsable(on: Executor, context: CallContext, id: string, rights: Reach): Promise<ApiKeyRow> {
    await lockApiKey(on, context.principal.workspaceId, id);
    const row = await requireWithin(rights, on, context, id);
    if (row.revoked_at !== null) throw authErrors.api_key_revoked();
    return row;
  }
}

async function requireKey(on: Executor, { principal }: CallContext, id: string): Promise<ApiKeyRow> {
  const row = await readApiKey(on, principal.workspaceId, id);
  if (!row) throw authErrors.api_key_not_found({ id });
  return row;
}

/** @throws DomainError `api_key_not_found`, also for a key that reaches further. */
async function requireWithin(rights: Reach, on: Executor, context: CallContext, id: string): Promise<ApiKeyRow> {
  const row = await requireKey(on, context, id);
  if (!reachesNoFurther(row, rights)) throw authErrors.api_key_not_found({ id });
  return row;
}

/** Lists do not divide the data of operators. */
function requireConsistency({ scopes, list_ids }: ApiKeyFields): void {
  if (list_ids !== null && scopes.includes(OPERATOR))
    throw faulty('list_ids', 'not_combinable', 'does not go with the scope operator');
}

function futureInstant(text: string | null): string | null {
  if (text === null) return null;
  const instant = normalInstant(text);
  if (Date.parse(instant) <= Date.now()) throw faulty('expires_at', 'out_of_range', 'must be in the future');
  return instant;
}

function faulty(field: string, code: FaultCode, issue: string): InvalidInputError {
  return new InvalidInputError([{ field, code, issue }]);
}

function fieldsOf({ name, scopes, list_ids, allowed_ips, expires_at }: ApiKeyRow): ApiKeyFields {
  return { name, scopes, list_ids, allowed_ips, expires_at };
}

function toApiKey(row: ApiKeyRow): ApiKey {
  const { id, credentials, last_used_at, revoked_at, version, created_at, updated_at } = row;
  return {
    id,
    name: row.name,
    scopes: [...row.scopes],
    list_ids: row.list_ids && [...row.list_ids],
    allowed_ips: row.allowed_ips && [...row.allowed_ips],
    expires_at: row.expires_at,
    state: stateOf(row),
    credentials: credentials ?? [],
    last_used_at,
    revoked_at,
    version,
    created_at,
    updated_at,
  };
}

function stateOf({ revoked_at, expires_at }: ApiKeyRow): ApiKeyState {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && Date.parse(expires_at) <= Date.now() ? 'expired' : 'active';
}
