// npx mono workspace …: the tenants of an installation.
import { CreateWorkspace } from '@mono/auth/contract';
import { findAllWorkspaces } from '@mono/auth/module';
import { readInput } from '@mono/contract';
import type { Database } from '@mono/platform';
import { makeWorkspace } from './tenants.js';

type Say = (line: string) => void;

export class WorkspaceCommands {
  constructor(
    private readonly database: Database,
    private readonly say: Say,
  ) {}

  async create(options: { name?: string; timezone?: string }): Promise<void> {
    const { id, name } = await makeWorkspace(this.database, readInput(CreateWorkspace, options, 'options'));
    this.say(`${name} (${id})`);
    this.say(`Create its first key: npx mono apikey --workspace ${id} create --name First`);
  }

  async list(): Promise<void> {
    for (const { id, name, timezone, is_default } of await findAllWorkspaces(this.database)) {
      this.say(`${id}  ${timezone}  ${name}${is_default ? '  (default)' : ''}`);
    }
  }
}
