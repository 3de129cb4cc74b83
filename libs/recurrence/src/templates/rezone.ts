// A workspace moves to another zone: the rules that float move with it.
import type { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext } from '@mono/contract';
import type { TransactionalExecutor } from '@mono/platform';
import { laterOf } from '../domain/later-of.js';
import { lockTemplate, updateTemplate } from '../persistence/template-rows.js';
import { tellOfTemplate } from '../persistence/recurrence-events.js';

/** @returns the templates that did. */
export async function rezoneTemplates(
  database: TransactionalExecutor,
  signal: OutboxSignal,
  context: CallContext,
  zone: string,
): Promise<string[]> {
  const found = await database.query<{ id: string }>(
    `SELECT id FROM recurrence.template
     WHERE workspace_id = $1 AND status <> 'ended' AND rule->>'timezone' IS NULL AND zone <> $2`,
    [context.principal.workspaceId, zone],
  );
  for (const { id } of found) {
    await database.transaction(async (on) => {
      const row = await lockTemplate(on, id);
      if (!row || row.status === 'ended' || row.zone === zone) return;
      const state = { ...row, zone, plan_from: laterOf(row.plan_from, new Date().toISOString()) };
      const moved = await updateTemplate(on, row, state, { replan: 'from its start' });
      await tellOfTemplate(on, context, 'template_updated', moved, { zone: { from: row.zone, to: zone } }, 'system');
      on.afterCommit(() => signal.wake());
    });
  }
  return found.map(({ id }) => id);
}
