// The fields of the answers that the story reads.
export interface Task {
  id: string;
  list_id: string;
  parent_id: string | null;
  title: string;
  status: string;
  priority: string;
  tags: string[];
  assignee_id: string | null;
  due_at: string | null;
  due_on: string | null;
  starts_on: string | null;
  timezone: string | null;
  completed_at: string | null;
  blocked_by_open: number;
  version: number;
  warnings?: { code: string; message: string }[];
}

export interface List {
  id: string;
  title: string;
  counts: { total: number; open: number; upcoming: number };
}

export interface Template {
  id: string;
  title: string;
  rule: { dtstart: string; timezone: string };
  status: string;
  next_at: string | null;
  resumes_at: string | null;
  ends_at: string | null;
}

export interface Occurrence {
  original_start: string;
  at: string;
  state: string;
  task_id: string | null;
}

export interface QuickAdd {
  items: { id: string | null; title: string; parent: number | null; template?: { id: string | null } }[];
}

export function titlesOf(items: readonly { title: string }[]): string[] {
  return items.map(({ title }) => title);
}
