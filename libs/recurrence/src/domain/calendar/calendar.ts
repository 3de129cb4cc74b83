// A whole calendar (RFC 5545, 3.4) of some templates, with the zones that they name.
import type { CalendarComponent } from '../../../contract/calendar.js';
import { componentLines, type CalendarTemplate } from './component.js';
import { foldLines, textLine } from './content-line.js';
import { timeZoneLines } from './time-zone.js';

const PRODUCT = '-//Mono//Mono//EN';
/** How long subscribers are asked to wait until they look again. */
const REFRESH = 'PT1H';

export interface CalendarFacts {
  component: CalendarComponent;
  name?: string | undefined;
  nowMs: number;
  /** What is beyond is left out, with a mark that it is. */
  maxBytes: number;
}

/** The same templates give the same text until the clock has moved by a year, so that an entity tag can be made of it. */
export function calendarText(templates: readonly CalendarTemplate[], facts: CalendarFacts): string {
  const { component, name, nowMs, maxBytes } = facts;
  const bodies: string[] = [];
  const told: CalendarTemplate[] = [];
  let bytes = 0;
  for (const template of templates) {
    const body = foldLines(componentLines(template, component));
    bytes += Buffer.byteLength(body);
    if (bytes > maxBytes) break;
    bodies.push(body);
    told.push(template);
  }
  const isWhole = told.length === templates.length;
  const head = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:${PRODUCT}`,
    'CALSCALE:GREGORIAN',
    ...(name === undefined ? [] : [textLine('NAME', name), textLine('X-WR-CALNAME', name)]),
    `REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}`,
    `X-PUBLISHED-TTL:${REFRESH}`,
    ...(isWhole ? [] : ['X-MONO-INCOMPLETE:TRUE']),
    ...zonesOf(told).flatMap(({ zone, fromMs }) => timeZoneLines(zone, fromMs, yearOf(nowMs))),
  ];
  return `${foldLines(head)}${bodies.join('')}${foldLines(['END:VCALENDAR'])}`;
}

function zonesOf(templates: readonly CalendarTemplate[]): { zone: string; fromMs: number }[] {
  const zones = new Map<string, number>();
  for (const { form, start } of templates) {
    if (form.kind !== 'local') continue;
    const fromMs = Date.parse(start.endsWith('Z') ? start : `${start}Z`);
    zones.set(form.zone, Math.min(fromMs, zones.get(form.zone) ?? fromMs));
  }
  return [...zones].map(([zone, fromMs]) => ({ zone, fromMs })).toSorted((a, b) => (a.zone < b.zone ? -1 : 1));
}

function yearOf(nowMs: number): number {
  return Date.UTC(new Date(nowMs).getUTCFullYear(), 0, 1);
}
