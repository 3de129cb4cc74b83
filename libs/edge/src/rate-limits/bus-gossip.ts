// Exchanges the counts of limiters over one plain subject that every node subscribes to. Nothing is stored: the next message makes up
// for a lost one.
import { randomUUID } from 'node:crypto';
import type { BusConnection, BusLogger } from '@mono/bus';
import type { RateLimitGossip, Takes } from './gossip.js';

export const RATE_LIMITS_SUBJECT = 'broadcast.platform.rate_limits';

/** Characters of JSON; a nats-server takes 1 MiB in one message. */
const MAX_BODY = 262_144;

type OnTakes = (node: string, takes: readonly Takes[]) => void;
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
  const listeners = new Set<OnTakes>();
  const joined = new Set<() => void>();
  const malformed = warnOnce(logger);
  let subscribed: Connection | undefined;

  const receive = (data: Uint8Array): void => {
    const message = read(data);
    if (!message) malformed();
    else if (message.node === node) return;
    else if (message.takes.length === 0) for (const listener of joined) listener();
    else for (const listener of listeners) listener(message.node, message.takes);
  };
  const subscribe = (live: Connection): void => {
    live.subscribe(RATE_LIMITS_SUBJECT, {
      callback: (error, message) => {
        if (!error) receive(message.data);
      },
    });
  };
  const publish = (body: string): void => {
    try {
      connection.live?.publish(RATE_LIMITS_SUBJECT, body);
    } catch {
      // The connection is closing; the next message has the same counts and more.
    }
  };
  connection.onConnected((live) => {
    // A subscription outlives a reconnect.
    if (subscribed !== live) subscribe(live);
    subscribed = live;
    for (const listener of joined) listener();
    // An empty message is a greeting: the others then send what this node has missed.
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

function warnOnce(logger: BusLogger): () => void {
  let warned = false;
  return () => {
    if (!warned) logger.warn({ subject: RATE_LIMITS_SUBJECT }, 'Malformed message of rate limits');
    warned = true;
  };
}
