// What a component says of what is to be done.
import type { TaskPriority } from '@mono/tasks/contract';
import type ICAL from 'ical.js';

export interface ReadContent {
  title: string;
  description: string | null;
  priority: TaskPriority;
  tags: string[];
}

export function contentFieldsOf(component: ICAL.Component): ReadContent {
  const text = (name: string): string => String(component.getFirstPropertyValue(name) ?? '');
  const tags = component
    .getAllProperties('categories')
    .flatMap((property) => property.getValues().map((value) => String(value).trim()))
    .filter((tag) => tag !== '');
  return {
    title: text('summary').trim(),
    description: text('description') === '' ? null : text('description'),
    priority: priorityOf(Number(component.getFirstPropertyValue('priority') ?? 0)),
    tags: [...new Set(tags)],
  };
}

/** RFC 5545, 3.8.1.9: 1 to 4 is high, 5 medium, 6 to 9 low, 0 undefined. */
function priorityOf(number: number): TaskPriority {
  if (number === 1) return 'urgent';
  if (number >= 2 && number <= 4) return 'high';
  return number >= 6 ? 'low' : 'medium';
}
