// Reads an iCalendar file (RFC 5545) as templates, by ical.js; the engine validates the rules. Properties that would change the
// dates are refused by name; properties that templates do not support are ignored and reported.
import ICAL from 'ical.js';
import type { Rule } from '../../../contract/rule.js';
import type { Slices } from '@mono/platform';
import { MAX_RULE_DATES } from '../../../contract/rule-constants.js';
import { inZone, timesOf, zonesOf, type CalendarTime, type Zones } from './calendar-time.js';
import { contentFieldsOf, type ReadContent, dueOffsetOf, rruleText } from './component-fields.js';
import { refuseContent, Refusal } from './refusal.js';
import { splitCalendar, type ComponentText } from './split-calendar.js';

export interface ReadTemplate extends ReadContent {
  uid: string;
  rule: Rule;
  due_offset: string | null;
  overrides: ReadOverride[];
}

export interface ReadOverride {
  recurrenceId: CalendarTime;
  start: CalendarTime;
  isCancelled: boolean;
  /** Fields that differ from the series. */
  fields: Partial<ReadContent>;
}

export interface ReadCalendar {
  templates: ReadTemplate[];
  ignored: string[];
  refusal: Refusal;
}

const RECURRING = new Set(['vevent', 'vtodo']);

/** @throws InvalidInputError for what is no calendar, or too much of one. The rest is in `refusal`. */
export async function readCalendar(content: string, slices: Slices): Promise<ReadCalendar> {
  const refusal = new Refusal();
  const { calendars, ignored } = await splitCalendar(content, slices);
  const templates: ReadTemplate[] = [];
  for (const calendar of calendars) {
    const zones = zonesOf(await parseAll(calendar.zones, slices));
    const components = await parseAll(calendar.components, slices);
    for (const [uid, group] of Map.groupBy(components, uidOf)) {
      await slices.pause();
      const read = readGroup(uid, group, zones, refusal);
      if (read) templates.push(read);
    }
  }
  return { templates, ignored: [...ignored].toSorted(), refusal };
}

async function parseAll(texts: readonly ComponentText[], slices: Slices): Promise<ICAL.Component[]> {
  const components: ICAL.Component[] = [];
  for (const { text } of texts) {
    await slices.pause();
    components.push(parse(text));
  }
  return components;
}

function parse(text: string): ICAL.Component {
  try {
    return new ICAL.Component(ICAL.parse(text) as ConstructorParameters<typeof ICAL.Component>[0]);
  } catch (error) {
    return refuseContent(`is no calendar: ${(error as Error).message.slice(0, 200).toWellFormed()}`);
  }
}

function uidOf(component: ICAL.Component): string {
  return String(component.getFirstPropertyValue('uid') ?? '');
}

/** A series with the occurrences of it that differ. */
function readGroup(
  uid: string,
  components: readonly ICAL.Component[],
  zones: Zones,
  refusal: Refusal,
): ReadTemplate | undefined {
  const [series, ...others] = components.filter((component) => !component.hasProperty('recurrence-id'));
  if (!series) {
    refusal.add(uid, 'RECURRENCE-ID', 'belongs to a series that is not in the calendar');
    return undefined;
  }
  if (uid === '') refusal.add(uid, 'UID', 'is required');
  if (others.length > 0) refusal.add(uid, 'UID', 'names more than one series');
  if (!RECURRING.has(series.name)) {
    refusal.add(uid, series.name.toUpperCase(), 'is neither an event nor a to-do');
    return undefined;
  }
  const template = readSeries(uid, series, zones, refusal);
  if (!template) return undefined;
  const overrides = components.filter((component) => component.hasProperty('recurrence-id'));
  for (const component of overrides) {
    const override = readOverride(uid, component, template, zones, refusal);
    if (override) template.overrides.push(override);
  }
  return template;
}

function readSeries(uid: string, series: ICAL.Component, zones: Zones, refusal: Refusal): ReadTemplate | undefined {
  const start = timeOf(uid, series, 'dtstart', zones, refusal);
  const rules = series.getAllProperties('rrule');
  if (rules.length > 1) refusal.add(uid, 'RRULE', 'must be there once');
  if (series.hasProperty('exrule')) refusal.add(uid, 'EXRULE', 'is obsolete and not known');
  if (rules.length === 0 && !series.hasProperty('rdate')) refusal.add(uid, 'RRULE', 'is required: it does not recur');
  if (!isOpen(series)) refusal.add(uid, 'STATUS', 'must not be of something that is over');
  if (!start) return undefined;
  const [rrule] = rules;
  const rule: Rule = {
    dtstart: start.text.replace(/Z$/, ''),
    timezone: start.zone ?? null,
    ...(rrule && { rrule: rruleText((rrule.jCal as unknown[])[3] as Record<string, unknown>) }),
    ...datesOf(uid, series, start, zones, refusal),
  };
  return {
    uid,
    rule,
    due_offset: offsetOf(uid, series, start, zones, refusal),
    ...contentFieldsOf(series),
    overrides: [],
  };
}

function isOpen(component: ICAL.Component): boolean {
  const status = component.getFirstPropertyValue('status');
  return status === null || !['CANCELLED', 'COMPLETED'].includes(String(status).toUpperCase());
}

function datesOf(
  uid: string,
  series: ICAL.Component,
  start: CalendarTime,
  zones: Zones,
  refusal: Refusal,
): Pick<Rule, 'rdate' | 'exdate'> {
  const dates: Pick<Rule, 'rdate' | 'exdate'> = {};
  for (const name of ['rdate', 'exdate'] as const) {
    const properties = series.getAllProperties(name);
    if (properties.some(({ type }) => type === 'period')) refusal.add(uid, name.toUpperCase(), 'must not be periods');
    if (properties.reduce((count, property) => count + property.getValues().length, 0) > MAX_RULE_DATES) {
      refusal.add(uid, name.toUpperCase(), `must have at most ${MAX_RULE_DATES} items`);
      continue;
    }
    const times = properties.filter(({ type }) => type !== 'period').flatMap((property) => timesOf(property, zones));
    if (times.some(({ zone }) => zone === undefined)) refusal.add(uid, name.toUpperCase(), UNKNOWN_ZONE);
    if (times.length > 0) dates[name] = times.map((time) => safely(() => inZone(time, start.zone ?? null), time.text));
  }
  return dates;
}

function readOverride(
  uid: string,
  component: ICAL.Component,
  series: ReadTemplate,
  zones: Zones,
  refusal: Refusal,
): ReadOverride | undefined {
  const recurrenceId = timeOf(uid, component, 'recurrence-id', zones, refusal);
  if (component.getFirstProperty('recurrence-id')?.getParameter('range') !== undefined) {
    refusal.add(uid, 'RECURRENCE-ID', 'must not have a RANGE: it splits the series');
  }
  const start = component.hasProperty('dtstart') ? timeOf(uid, component, 'dtstart', zones, refusal) : recurrenceId;
  if (!recurrenceId || !start) return undefined;
  const { title, ...content } = contentFieldsOf(component);
  // Properties that an override omits follow the series.
  const given = { ...(title === '' ? {} : { title }), ...content };
  const differs = (name: keyof ReadContent): boolean => JSON.stringify(series[name]) !== JSON.stringify(given[name]);
  const fields = Object.fromEntries(Object.entries(given).filter(([name]) => differs(name as keyof ReadContent)));
  return { recurrenceId, start, isCancelled: !isOpen(component), fields };
}

function timeOf(
  uid: string,
  component: ICAL.Component,
  name: 'dtstart' | 'recurrence-id',
  zones: Zones,
  refusal: Refusal,
): CalendarTime | undefined {
  const property = component.getFirstProperty(name);
  const [time] = property ? timesOf(property, zones) : [];
  if (!time) refusal.add(uid, name.toUpperCase(), 'is required');
  else if (time.zone === undefined) refusal.add(uid, name.toUpperCase(), UNKNOWN_ZONE);
  return time;
}
const UNKNOWN_ZONE = 'must have a TZID that is a name of IANA, such as Europe/Berlin';

function offsetOf(
  uid: string,
  series: ICAL.Component,
  start: CalendarTime,
  zones: Zones,
  refusal: Refusal,
): string | null {
  try {
    return dueOffsetOf(series, start, zones);
  } catch {
    refusal.add(uid, series.hasProperty('duration') ? 'DURATION' : 'DTEND', 'is no time, or no duration');
    return null;
  }
}

/** The engine refuses an invalid time by name. */
function safely(work: () => string, otherwise: string): string {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
