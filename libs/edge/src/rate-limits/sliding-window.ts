// The requests of all nodes for one key within its window. The window slides by slots, and a slot leaves it as a whole, when its last
// request is a window old: no window ever holds more than the limit, and a request leaves a slot late at most.
// Weighing a previous window against the current one is cheaper, but allows up to twice the limit within one window.
import type { Takes } from './gossip.js';

const SLOTS = 20;

/** Age of others' requests below which as many again are likely to be under way. */
const UNDER_WAY_MS = 10;

interface Slot {
  /** Since the epoch, so that nodes agree. */
  index: number;
  lastAt: number;
  /** By all nodes. */
  count: number;
  own: number;
  others: PeerCount | undefined;
}

/** The count of a slot by another node; a list, because there are few nodes and very many slots. */
interface PeerCount {
  readonly node: string;
  count: number;
  readonly next: PeerCount | undefined;
}

export class SlidingWindow {
  /** Requests of this node since its last message. */
  unpublished = 0;
  private readonly slots: Slot[] = [];
  private readonly slotMs: number;
  private total = 0;
  private lately = 0;
  private latelyAt = 0;

  constructor(
    readonly key: string,
    readonly windowMs: number,
  ) {
    this.slotMs = windowMs / SLOTS;
  }

  /** Known requests. */
  taken(now: number): number {
    for (let first = this.slots[0]; first && first.lastAt + this.windowMs <= now; first = this.slots[0]) {
      this.total -= first.count;
      this.slots.shift();
    }
    return this.total;
  }

  /** A guess at requests of other nodes that this one has not received yet. */
  underWay(now: number): number {
    return this.lately === 0 ? 0 : this.lately * Math.max(0, 1 - (now - this.latelyAt) / UNDER_WAY_MS);
  }

  /** @returns whether it is the first of its slot. */
  take(cost: number, now: number): boolean {
    const before = this.slots.length;
    const slot = this.slotOf(Math.floor(now / this.slotMs));
    slot.own += cost;
    slot.count += cost;
    slot.lastAt = Math.max(slot.lastAt, now);
    this.total += cost;
    this.unpublished += cost;
    return this.slots.length > before;
  }

  /** Takes over the totals of another node. */
  merge(node: string, totals: Takes['slots'], now: number): void {
    for (const [index, count] of totals) {
      const at = Math.min(now, (index + 1) * this.slotMs);
      if (at + this.windowMs <= now) continue;
      const slot = this.slotOf(index);
      const before = countBy(node, slot);
      const more = count - before.count;
      if (more <= 0) continue;
      before.count = count;
      slot.count += more;
      slot.lastAt = Math.max(slot.lastAt, at);
      this.total += more;
      if (at === now) {
        this.lately = this.underWay(now) + more;
        this.latelyAt = now;
      }
    }
  }

  /** The totals of this node, for the others. */
  own(now: number): Takes {
    this.taken(now);
    const slots = this.slots.filter(({ own }) => own > 0).map(({ index, own }) => [index, own] as const);
    return { key: this.key, windowMs: this.windowMs, slots };
  }

  /** Milliseconds until so much has left the window; until all of it has where there is not so much. */
  leavesIn(amount: number, now: number): number {
    let left = amount;
    let at = now;
    for (const slot of this.slots) {
      if (left <= 0) break;
      left -= slot.count;
      at = Math.max(at, slot.lastAt + this.windowMs);
    }
    return at - now;
  }

  private slotOf(index: number): Slot {
    let place = this.slots.length;
    for (let slot = this.slots[place - 1]; slot && slot.index >= index; slot = this.slots[place - 1]) {
      if (slot.index === index) return slot;
      place -= 1;
    }
    const slot: Slot = { index, lastAt: 0, count: 0, own: 0, others: undefined };
    this.slots.splice(place, 0, slot);
    return slot;
  }
}

function countBy(node: string, slot: Slot): PeerCount {
  for (let peer = slot.others; peer; peer = peer.next) if (peer.node === node) return peer;
  slot.others = { node, count: 0, next: slot.others };
  return slot.others;
}
