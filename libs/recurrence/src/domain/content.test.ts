import { contentOf, startDueAt } from './content.js';
import { TEMPLATE_DEFAULTS, type TemplateState } from './template-state.js';

const BERLIN = 'Europe/Berlin';

function template(more: Partial<TemplateState> = {}): TemplateState {
  return {
    ...TEMPLATE_DEFAULTS,
    tags: [],
    list_id: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e',
    title: 'Water the plants',
    rule: { dtstart: '2026-03-01T09:00:00', timezone: BERLIN, pattern: 'daily' },
    status: 'active',
    starts_from: null,
    ends_before: null,
    zone: BERLIN,
    plan_from: '2026-03-01T00:00:00.000Z',
    paused_at: null,
    ended_at: null,
    resumes_at: null,
    ends_at: null,
    ...more,
  };
}

const DAY_BEFORE_DST = {
  original_start: '2026-03-28T09:00:00',
  at: '2026-03-28T08:00:00.000Z',
  moved_to: null,
  fields: null,
};

test('is due at its start without an offset', () => {
  expect(contentOf(template(), DAY_BEFORE_DST)).toMatchObject({
    title: 'Water the plants',
    due_at: '2026-03-28T08:00:00.000Z',
    due_on: null,
    starts_on: '2026-03-28',
    timezone: BERLIN,
  });
});

test('P1DT2H keeps its day and its hours, and the day its length at DST', () => {
  const { due_at } = contentOf(template({ due_offset: 'P1DT2H' }), DAY_BEFORE_DST);
  expect(due_at).toBe('2026-03-29T09:00:00.000Z');
  expect(startDueAt(template({ due_offset: 'P1DT2H' }), due_at ?? '')).toBe(DAY_BEFORE_DST.at);
});

test('a rule of days gives days', () => {
  const days = template({
    rule: { dtstart: '2026-03-01', timezone: BERLIN, pattern: 'daily' },
    due_offset: 'P2D',
  });
  const occurrence = { ...DAY_BEFORE_DST, original_start: '2026-03-28T00:00:00', at: '2026-03-27T23:00:00.000Z' };
  expect(contentOf(days, occurrence)).toMatchObject({ due_at: null, due_on: '2026-03-30', starts_on: '2026-03-28' });
});

test('a moved occurrence is due from where it is moved to, and an edited one is as it was edited', () => {
  const moved = { ...DAY_BEFORE_DST, moved_to: '2026-04-02T22:30:00.000Z', fields: { title: 'Water the cactus' } };
  expect(contentOf(template({ due_offset: 'PT1H' }), moved)).toMatchObject({
    title: 'Water the cactus',
    due_at: '2026-04-02T23:30:00.000Z',
    starts_on: '2026-04-03',
  });
});
