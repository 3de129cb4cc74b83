// An occurrence as the ledger knows it.
import type { ExceptionFields } from './content.js';
import type { TaskStatus } from './task.js';

export interface OccurrenceRow {
  series_id: string;
  original_start: string;
  template_id: string;
  workspace_id: string;
  at: string;
  note: string | null;
  generation: number;
  task_id: string;
  wanted: boolean;
  made: boolean;
  fits: boolean;
  skipped: boolean;
  moved_to: string | null;
  fields: ExceptionFields | null;
  exception_version: number;
  exception_at: string | null;
  revision: number;
  settled_revision: number;
  forced: boolean;
  task_status: TaskStatus | null;
  seen: Readonly<Record<string, number>> | null;
  /** The revision that new zone data has raised. While it is the latest, zone data is the cause of the change. */
  zone_revision: number;
  /** In a chain by completion: the task of the previous occurrence. */
  predecessor_id: string | null;
  /** When its task was closed, or it was skipped. */
  closed_at: string | null;
}
