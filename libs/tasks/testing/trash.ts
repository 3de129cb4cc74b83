// For tests of the trash: calls of a workspace by people of different rights, and what became of a thing.
import { DomainError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { Task } from '../contract/index.js';
import { contextOf, type TasksWorld } from './tasks-world.js';

export interface ToldEvent {
  event: string;
  version: number;
  changes: Record<string, { from: unknown; to: unknown }>;
  permanent?: boolean;
  root?: { type: string; id: string };
  list_id?: string;
  origin: string;
}

export function callers(workspaceId: string = uuidv7()): Record<'me' | 'member' | 'viewer' | 'stranger', CallContext> {
  const me = contextOf(workspaceId);
  const having = (...scopes: string[]): CallContext => ({ ...me, principal: { ...me.principal, scopes } });
  return {
    me,
    member: having('tasks:read', 'tasks:write'),
    viewer: having('tasks:read'),
    stranger: contextOf(uuidv7()),
  };
}

export function limitedTo(call: CallContext, ...listIds: string[]): CallContext {
  return { ...call, principal: { ...call.principal, listIds } };
}

/** As people see it, without what every change alters. */
export function shownOf({ version: _version, updated_at: _at, ...task }: Task): object {
  return task;
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

export async function eventsOf({ database }: TasksWorld, id: string): Promise<ToldEvent[]> {
  const rows = await database.query<{ payload: ToldEvent; version: number }>(
    'SELECT payload, version FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq',
    [id],
  );
  return rows.map(({ payload, version }) => Object.assign(payload, { version }));
}

export async function namesOf(world: TasksWorld, id: string): Promise<string[]> {
  return (await eventsOf(world, id)).map(({ event }) => event);
}
