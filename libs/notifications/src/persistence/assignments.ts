// The store of assignments.
import type { Executor } from '@mono/platform';
import type { Assignment } from '../domain/assignment.js';

/** Where mails about assignments are pending. */
export interface Recipient {
  workspace_id: string;
  user_id: string;
}

export interface AnnouncedTask {
  task_id: string;
  assigner_kind: string;
  assigner_id: string;
}

/** @param announce whether a mail may announce it. An older version of the task changes nothing. */
export async function saveAssignment(on: Executor, assignment: Assignment, announce: boolean): Promise<void> {
  const { taskId, userId, workspaceId, version, assigner } = assignment;
  await on.query(
    {
      name: 'notifications.save_assignment',
      text: `INSERT INTO notifications.assignment AS a
          (task_id, user_id, workspace_id, version, assigner_kind, assigner_id, settled_at)
        VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN NULL ELSE clock_timestamp() END)
        ON CONFLICT (task_id, user_id) DO UPDATE SET version = excluded.version, assigner_kind = excluded.assigner_kind,
          assigner_id = excluded.assigner_id, created_at = excluded.created_at, settled_at = excluded.settled_at, mail_id = NULL,
          digest_day = NULL
        WHERE excluded.version > a.version`,
    },
    [taskId, userId, workspaceId, version, assigner.kind, assigner.id, announce],
  );
}

/** Users without a new assignment for `quietMs`, or with one that has been pending for `longestMs`. */
export function findRecipients(on: Executor, quietMs: number, longestMs: number, limit: number): Promise<Recipient[]> {
  return on.query<Recipient>(
    {
      name: 'notifications.find_recipients',
      text: `SELECT workspace_id, user_id FROM notifications.assignment WHERE settled_at IS NULL
        GROUP BY workspace_id, user_id
        HAVING max(created_at) <= clock_timestamp() - make_interval(secs => $1)
          OR min(created_at) <= clock_timestamp() - make_interval(secs => $2)
        ORDER BY min(created_at) LIMIT $3`,
    },
    [quietMs / 1_000, longestMs / 1_000, limit],
  );
}

/** @param mailId null if no mail announces them. @returns how many; 0 if another node has settled them. */
export async function settleAssignments(
  on: Executor,
  { workspace_id, user_id }: Recipient,
  mailId: string | null,
): Promise<number> {
  const rows = await on.query(
    {
      name: 'notifications.settle_assignments',
      text: `UPDATE notifications.assignment SET settled_at = clock_timestamp(), mail_id = $3
        WHERE workspace_id = $1 AND user_id = $2 AND settled_at IS NULL RETURNING 1`,
    },
    [workspace_id, user_id, mailId],
  );
  return rows.length;
}

/** Oldest first. */
export function findAnnounced(on: Executor, workspaceId: string, mailId: string): Promise<AnnouncedTask[]> {
  return on.query<AnnouncedTask>(
    {
      name: 'notifications.find_announced',
      text: `SELECT task_id, assigner_kind, assigner_id FROM notifications.assignment
        WHERE mail_id = $2 AND workspace_id = $1 ORDER BY created_at, task_id`,
    },
    [workspaceId, mailId],
  );
}

export async function deleteAssignments(on: Executor, userId: string): Promise<void> {
  await on.query('DELETE FROM notifications.assignment WHERE user_id = $1', [userId]);
}

/** @returns how many; fewer than `limit` means that none are left. */
export async function pruneAssignments(on: Executor, keepMs: number, limit = 5_000): Promise<number> {
  const rows = await on.query(
    `DELETE FROM notifications.assignment WHERE ctid IN (
       SELECT ctid FROM notifications.assignment
       WHERE created_at < now() - make_interval(secs => $1) LIMIT $2) RETURNING 1`,
    [keepMs / 1_000, limit],
  );
  return rows.length;
}
