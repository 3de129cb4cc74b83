// The things that the days share: the people, their lists and tasks, and the narrator.
import { Temporal } from 'temporal-polyfill';
import type { Caller } from './caller.ts';

export interface Person {
  id: string;
  name: string;
  email: string;
  api: Caller;
}

export interface Shop {
  workspace: string;
  /** The owner. */
  ada: Person;
  /** A member. */
  bob: Person;
  /** A viewer. */
  cleo: Person;
  /** Ids, by a short name. */
  lists: Record<string, string>;
  templates: Record<string, string>;
  tasks: Record<string, string>;
}

export const ZONE = 'Europe/Berlin';

/** A day from today on, in the zone of the shop. */
export function day(fromToday: number): string {
  return Temporal.Now.plainDateISO(ZONE).add({ days: fromToday }).toString();
}

export class Story {
  private readonly write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.write = write;
  }

  chapter(title: string): void {
    this.write(`\n${title}`);
  }

  /** Prints what has happened, after it was checked. */
  print(sentence: string): void {
    this.write(`  ${sentence}`);
  }
}
