// Items of the parser as items of the API.
import type { QuickField } from '../../contract/quick-add-constants.js';
import type { QuickAddItem, QuickAddWarning } from '../../contract/quick-add.dto.js';
import type { ParsedItem } from '../domain/parse.js';
import type { Span } from '../domain/span.js';
import type { Warning, WarningCode } from '../domain/warning.js';

export function itemOf(parsed: ParsedItem, timezone: string): QuickAddItem {
  const { due, starts, template } = parsed;
  return {
    id: null,
    line: parsed.line,
    parent: parsed.parent,
    title: parsed.title,
    list_id: parsed.list?.id ?? null,
    priority: parsed.priority ?? 'medium',
    tags: parsed.tags,
    assignee_id: parsed.assignee?.id ?? null,
    due_at: due && 'at' in due ? due.at : null,
    due_on: due && 'on' in due ? due.on : null,
    starts_on: starts ?? null,
    timezone: (due ?? starts) === undefined ? null : timezone,
    estimated_duration: parsed.estimate ?? null,
    ...(template ? { template: { id: null, rule: template.rule, anchor: template.anchor ?? 'schedule' } } : {}),
    spans: parsed.spans.map(({ start, end, field }) => ({ field: fieldOf(field, due), start, end })),
    warnings: parsed.warnings.map(warningOf),
  };
}

function fieldOf(field: Span['field'], due: ParsedItem['due']): QuickField {
  if (field !== 'due') return field;
  return due && 'at' in due ? 'due_at' : 'due_on';
}

const MESSAGES: Readonly<Record<WarningCode, (name: string) => string>> = {
  unknown_list: (name) => `No list is named “${name}”.`,
  ambiguous_list: (name) => `More than one list is named “${name}”.`,
  unknown_member: (name) => `No member is named “${name}”.`,
  ambiguous_member: (name) => `More than one member is named “${name}”: use the full name.`,
  repeated_field: (name) => `The field of “${name}” is already set in this line.`,
  recurring_subtask: (name) => `Subtasks and tasks with subtasks do not recur: “${name}” stays in the title.`,
  empty_title: () => 'The line has no title.',
  title_too_long: () => 'The title must have at most 255 characters.',
  subtasks_too_deep: () => 'Subtasks go at most five levels deep.',
};

function warningOf({ code, name, start, end }: Warning): QuickAddWarning {
  return { code, message: MESSAGES[code](name), start, end };
}
