// npx mono dlq …: dead letters, looked at and decided by hand. The nodes bring back what is to be tried again.
import { userInfo } from 'node:os';
import { readInput } from '@mono/contract';
import { Audit, auditOf, DeadLetterQuery, DeadLetters, type Database, type DeadLetter } from '@mono/platform';

type Say = (line: string) => void;

export interface DlqFilter {
  status?: string;
  consumer?: string;
  module?: string;
  limit?: string;
}

export class DlqCommands {
  private readonly letters: DeadLetters;

  constructor(
    database: Database,
    auditSecrets: readonly string[],
    private readonly say: Say,
  ) {
    const audit = new Audit(database, { secrets: auditSecrets });
    this.letters = new DeadLetters(database, {
      onAdminAction: (on, action) => audit.trail.append(auditOf(action), on),
    });
  }

  async list({ status = 'open', ...filter }: DlqFilter): Promise<void> {
    const query = readInput(DeadLetterQuery, { status, ...filter, count: 'exact' }, 'options');
    const { items, page } = await this.letters.find(query);
    for (const letter of items) this.say(lineOf(letter));
    this.say(`${items.length} of ${page.total} ${status}.`);
  }

  async show(id: string): Promise<void> {
    this.say(JSON.stringify(await this.letters.get(id), null, 2));
  }

  async decide(to: 'retried' | 'discarded', ids: readonly string[], note: string | undefined): Promise<void> {
    const decision = { by: `cli:${userInfo().username}`, note };
    const result = await this.letters.resolveMany(to, { ids: [...ids] }, decision);
    this.say(`${result.changed} of ${result.matched} ${to}.`);
  }

  async decideAll(to: 'retried' | 'discarded', filter: DlqFilter, note: string | undefined): Promise<void> {
    const decision = { by: `cli:${userInfo().username}`, note };
    const { consumer, module } = filter;
    const meant = { ...(consumer && { consumer }), ...(module && { module }) };
    const result = await this.letters.resolveMany(to, { filter: meant }, decision);
    this.say(`${result.changed} of ${result.matched} ${to}.`);
  }
}

function lineOf({ id, failed_at, consumer, subject, attempts, error }: DeadLetter): string {
  return `${id}  ${failed_at}  ${consumer}  ${subject}  ${attempts}×  ${error.code}: ${error.message.split('\n')[0]}`;
}
