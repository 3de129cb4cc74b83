// Tells what limiters took over one plain subject that every node hears. Nothing is kept: whoever missed a message learns
// the same from the next one.
import { randomUUID } from 'node:crypto';
import type { BusConnection, BusLogger } from '@mono/bus';
import type { RateLimitGossip, Takes } from './gossip.js';

export const RATE_LIMITS_SUBJECT = 'broadcast.platform.rate_limits';

/** Characters of JSON; a nats-server takes 1 MiB in one message. */
const MAX_BODY = 262_144;

type Told = (node: string, takes: readonly Takes[]) => void;
type Connection = NonNullable<BusConnection['live']>;
/** A key, its window and its slots. */
type Entry = [Takes['key'], Takes['windowMs'], Takes['slots']];

export interface GossipingBus {
  connection: BusConnection;
  logger: BusLogger;
}

/** @param bus such as `bus.host`. */
export function busGossip({ connection, logger }: GossipingBus): RateLimitGossip {
  const node = randomUUID();
  const listeners = new Set<Told>();
  const joined = new Set<() => void>();
  const malformed = tellOnce(logger);
  let heard: Connection | undefined;

  const hear = (data: Uint8Array): void => {
    const told = read(data);
    if (!told) malformed();
    else if (told.node === node) return;
    else if (told.takes.length === 0) for (const listener of joined) listener();
    else for (const listener of listeners) listener(told.node, told.takes);
  };
  const subscribe = (live: Connection): void => {
    live.subscribe(RATE_LIMITS_SUBJECT, {
      callback: (error, message) => {
        if (!error) hear(message.data);
      },
    });
  };
  const publish = (body: string): void => {
    try {
      connection.live?.publish(RATE_LIMITS_SUBJECT, body);
    } catch {
      // It closes just now; the next message tells the same and more.
    }
  };
  connection.onConnected((live) => {
    // A subscription outlives a reconnect.
    if (heard !== live) subscribe(live);
    heard = live;
    for (const listener of joined) listener();
    // Nothing taken: a greeting, by which the others know that somebody has missed something.
    publish(bodyOf(node, []));
  });

  return {
    publish(takes) {
      if (connection.connected) for (const body of bodies(node, takes)) publish(body);
    },
    onTakes(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onJoined(listener) {
      joined.add(listener);
      return () => joined.delete(listener);
    },
  };
}

/** As few bodies as their greatest size allows. */
function bodies(node: string, takes: readonly Takes[]): string[] {
  const entries = takes.map(({ key, windowMs, slots }) => JSON.stringify([key, windowMs, slots] satisfies Entry));
  const found: string[] = [];
  let begin = 0;
  let size = 0;
  const close = (end: number): void => {
    if (end > begin) found.push(bodyOf(node, entries.slice(begin, end)));
    begin = end;
    size = 0;
  };
  for (const [place, { length }] of entries.entries()) {
    if (size + length > MAX_BODY) close(place);
    size += length + 1;
  }
  close(entries.length);
  return found;
}

function bodyOf(node: string, entries: readonly string[]): string {
  return `{"node":${JSON.stringify(node)},"takes":[${entries.join(',')}]}`;
}

function read(data: Uint8Array): { node: string; takes: Takes[] } | undefined {
  try {
    const { node, takes } = JSON.parse(new TextDecoder().decode(data)) as { node: unknown; takes: unknown };
    if (typeof node !== 'string' || !Array.isArray(takes) || !takes.every(isEntry)) return undefined;
    return { node, takes: takes.map(([key, windowMs, slots]) => ({ key, windowMs, slots })) };
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  if (!Array.isArray(value)) return false;
  const [key, windowMs, slots] = value as unknown[];
  return typeof key === 'string' && isCount(windowMs) && Array.isArray(slots) && slots.every(isSlot);
}

function isSlot(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(isCount);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function tellOnce(logger: BusLogger): () => void {
  let told = false;
  return () => {
    if (!told) logger.warn({ subject: RATE_LIMITS_SUBJECT }, 'What a node took of rate limits cannot be read');
    told = true;
  };
}
