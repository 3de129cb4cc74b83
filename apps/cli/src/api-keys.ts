// npx mono apikey …: keys of a workspace; only here can a key get the scope `operator`. Running nodes see changes by the outbox.
import { ApiKeyQuery, CreateApiKey, OPERATOR, RotateApiKey, type ApiKey, type NewApiKey } from '@mono/auth/contract';
import { findDefaultWorkspaceId, type ApiKeysController } from '@mono/auth/module';
import { readInput, UuidField, type CallContext } from '@mono/contract';
import type { Database } from '@mono/platform';
import { askUnlessGiven } from './ask.js';
import { apiKeysOf, operatorIn } from './tenants.js';

class ApiKeyId {
  @UuidField({ description: 'The API key.' })
  id: string;
}

const SCOPES_QUESTION = { option: '--scope', expected: 'scopes such as tasks:read tasks:write, or * for all' };

type Say = (line: string) => void;

export interface ApiKeyOptions {
  name?: string;
  scope?: string[];
  list?: string[];
  allowIp?: string[];
  expiresAt?: string;
}

export class ApiKeyCommands {
  private readonly keys: ApiKeysController;

  constructor(
    private readonly database: Database,
    /** Stands in the keys that are made. */
    environment: string,
    private readonly workspace: string | undefined,
    private readonly say: Say,
  ) {
    this.keys = apiKeysOf(database, environment);
  }

  async create({ name, scope: given, list, allowIp, expiresAt }: ApiKeyOptions): Promise<void> {
    const answer = await askUnlessGiven(given?.join(' '), SCOPES_QUESTION);
    const scope = answer.split(/[\s,]+/);
    const asked = {
      name,
      scopes: scope.filter((one) => one !== OPERATOR),
      list_ids: list ?? null,
      allowed_ips: allowIp ?? null,
      expires_at: expiresAt ?? null,
    };
    // A key for operators alone needs no other scope.
    const checked = asked.scopes.length === 0 && scope.length > 0 ? { ...asked, scopes: ['*'] } : asked;
    const input = Object.assign(readInput(CreateApiKey, checked, 'options'), { scopes: scope });
    this.show(await this.keys.createApiKey(input, await this.context()));
  }

  async list(options: { state?: string; limit?: string }): Promise<void> {
    const query = readInput(ApiKeyQuery, { ...options, count: 'exact' }, 'options');
    const { items, page } = await this.keys.findApiKeys(query, await this.context());
    for (const key of items) this.say(lineOf(key));
    this.say(`${items.length} of ${page.total}.`);
  }

  async rotate(id: string, options: { overlap?: string }): Promise<void> {
    readInput(ApiKeyId, { id }, 'options');
    const input = readInput(RotateApiKey, options, 'options');
    this.show(await this.keys.rotateApiKey(Object.assign({ id }, input), await this.context()));
  }

  async revoke(id: string): Promise<void> {
    readInput(ApiKeyId, { id }, 'options');
    await this.keys.revokeApiKey({ id }, await this.context());
    this.say(`Revoked ${id}.`);
  }

  private show({ id, name, scopes, key }: NewApiKey): void {
    this.say(`${name} (${id}): ${scopes.join(' ')}`);
    this.say(key);
    this.say('(shown only once: store it)');
  }

  private async context(): Promise<CallContext> {
    const workspaceId = this.workspace ?? (await findDefaultWorkspaceId(this.database));
    if (workspaceId === undefined) throw new Error('No workspace exists yet: start an instance first.');
    return operatorIn(workspaceId);
  }
}

function lineOf({ id, state, name, scopes, credentials, last_used_at, expires_at }: ApiKey): string {
  const used = last_used_at === null ? 'never used' : `used ${last_used_at}`;
  const ends = expires_at === null ? '' : `  ends ${expires_at}`;
  return `${id}  ${state}  ${credentials.map(({ short_id }) => short_id).join(',')}  ${name}  [${scopes.join(' ')}]  ${used}${ends}`;
}
