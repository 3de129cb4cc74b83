// npx mono dlq …: lists, retries and discards dead letters. The nodes return retried ones to their consumers.
import { userInfo } from 'node:os';
import { DeadLetterQuery, type DeadLetter } from '@mono/admin/contract';
import { Audit, DeadLetters, DeadLetterStore } from '@mono/admin/module';
import { readInput } from '@mono/contract';
import type { Database } from '@mono/platform';

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
    this.letters = new DeadLetters(database, audit, new DeadLetterStore(database));
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
    const result = await this.letters.resolveMany(to, { ids: [...ids] }, decisionOf(note));
    this.say(`${result.changed} of ${result.matched} ${to}.`);
  }

  async decideAll(to: 'retried' | 'discarded', filter: DlqFilter, note: string | undefined): Promise<void> {
    const { consumer, module } = filter;
    const meant = { ...(consumer && { consumer }), ...(module && { module }) };
    const result = await this.letters.resolveMany(to, { filter: meant }, decisionOf(note));
    this.say(`${result.changed} of ${result.matched} ${to}.`);
  }
}

function decisionOf(note: string | undefined): Parameters<DeadLetters['resolveMany']>[2] {
  return { actor: { kind: 'cli', id: userInfo().username }, note, source: 'cli' };
}

function lineOf({ id, failed_at, consumer, subject, attempts, error }: DeadLetter): string {
  return `${id}  ${failed_at}  ${consumer}  ${subject}  ${attempts}×  ${error.code}: ${error.message.split('\n')[0]}`;
}
