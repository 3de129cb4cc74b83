// A whole calendar (RFC 5545, 3.4) of some templates and tasks, with the zones that they name.
import type { CalendarComponent } from '../../../contract/calendar.js';
import { componentsOf, type CalendarItem, type CalendarTemplate } from './component.js';
import { foldLines, textLine } from './content-line.js';
import { taskLines, type CalendarTask } from './task-component.js';
import { timeZoneLines } from './time-zone.js';

const PRODUCT = '-//Mono//Mono//EN';
/** How long subscribers are asked to wait until they look again. */
const REFRESH = 'PT1H';

export interface CalendarFacts {
  component: CalendarComponent;
  name?: string | undefined;
  nowMs: number;
  /** Components beyond the limit are left out, and the calendar is marked as incomplete. */
  maxBytes: number;
}

/**
 * One calendar, a component after the other. The same templates and tasks give the same text until the clock has moved by a year, so that
 * an entity tag can be made of it.
 */
export class CalendarWriter {
  readonly #bodies: string[] = [];
  /** By zone, its first instant in the calendar. */
  readonly #zones = new Map<string, number>();
  #bytes = 0;
  #isWhole = true;

  constructor(private readonly facts: CalendarFacts) {}

  /** Marks the calendar: something is missing in it. */
  leaveOut(): void {
    this.#isWhole = false;
  }

  /** Yields wherever it may be interrupted. @returns false where there is no room for it: the calendar ends before. */
  *add(template: CalendarTemplate): Generator<void, boolean> {
    let body = '';
    for (const lines of componentsOf(template, this.facts.component)) {
      body += foldLines(lines);
      if (this.#bytes + body.length > this.facts.maxBytes) break;
      yield;
    }
    return this.#append(template, body);
  }

  /** @returns as `add`. */
  addTask(task: CalendarTask): boolean {
    return this.#append(task, foldLines(taskLines(task, this.facts.component)));
  }

  #append(item: CalendarItem, body: string): boolean {
    this.#bytes += Buffer.byteLength(body);
    if (this.#bytes > this.facts.maxBytes) {
      this.leaveOut();
      return false;
    }
    this.#bodies.push(body);
    this.#noteZone(item);
    return true;
  }

  /** Yields wherever it may be interrupted. */
  *text(): Generator<void, string> {
    const { name, nowMs } = this.facts;
    const head = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      `PRODID:${PRODUCT}`,
      'CALSCALE:GREGORIAN',
      ...(name === undefined ? [] : [textLine('NAME', name), textLine('X-WR-CALNAME', name)]),
      `REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}`,
      `X-PUBLISHED-TTL:${REFRESH}`,
      ...(this.#isWhole ? [] : ['X-MONO-INCOMPLETE:TRUE']),
    ];
    for (const [zone, fromMs] of [...this.#zones].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      head.push(...timeZoneLines(zone, fromMs, yearOf(nowMs)));
      yield;
    }
    return `${foldLines(head)}${this.#bodies.join('')}${foldLines(['END:VCALENDAR'])}`;
  }

  #noteZone({ form, start }: CalendarItem): void {
    if (form.kind !== 'local') return;
    const fromMs = Date.parse(start.endsWith('Z') ? start : `${start}Z`);
    this.#zones.set(form.zone, Math.min(fromMs, this.#zones.get(form.zone) ?? fromMs));
  }
}

function yearOf(nowMs: number): number {
  return Date.UTC(new Date(nowMs).getUTCFullYear(), 0, 1);
}
