// npx mono workspace …: the tenants of an installation.
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { OutboxSignal } from '@mono/bus';
import { CreateWorkspace, OPERATOR } from '@mono/auth/contract';
import { findAllWorkspaces, Workspaces } from '@mono/auth/module';
import { readInput, type CallContext, type Database } from '@mono/platform';

type Say = (line: string) => void;

export class WorkspaceCommands {
  private readonly workspaces: Workspaces;

  constructor(
    private readonly database: Database,
    private readonly say: Say,
  ) {
    this.workspaces = new Workspaces(database, new OutboxSignal());
  }

  async create(options: { name?: string; timezone?: string }): Promise<void> {
    const { id, name } = await this.workspaces.create(operator(), readInput(CreateWorkspace, options, 'options'));
    this.say(`${name} (${id})`);
    this.say(`Its first key: npx mono apikey --workspace ${id} create --name First`);
  }

  async list(): Promise<void> {
    for (const { id, name, timezone, is_default } of await findAllWorkspaces(this.database)) {
      this.say(`${id}  ${timezone}  ${name}${is_default ? '  (default)' : ''}`);
    }
  }
}

function operator(): CallContext {
  return {
    principal: { kind: 'system', id: `cli:${userInfo().username}`, workspaceId: '', scopes: ['*', OPERATOR] },
    requestId: randomUUID(),
    source: 'cli',
  };
}
