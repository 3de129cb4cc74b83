// Sends what is due for one webhook, several things at a time and each thing in order, until nothing is due or its turn is over.
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database, type ConfigOf, type Executor } from '@mono/platform';
import { CreatorRights, type Rights } from '../creators/creator-rights.js';
import { DisableWebhooks } from '../webhooks/disable-webhooks.js';
import { systemDoer } from '../webhooks/webhook-events.js';
import { WebhookStore, type WebhookRow } from '../webhooks/webhook.store.js';
import { webhooksConfig } from '../webhooks.config.js';
import { AttemptsStore, type Claim } from './attempts.store.js';
import { DeliveryJobs } from './delivery-jobs.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { SendAttempt } from './send-attempt.js';
import { SettleAttempt } from './settle-attempt.js';
import { StreamPositions } from './stream-positions.js';

export interface Turn {
  workspaceId: string;
  webhookId: string;
  requestId: string;
  signal: AbortSignal;
}

/** Work in the transaction between two attempts. */
type Settle = (on: Executor, webhook: WebhookRow) => Promise<void>;

/** Other webhooks get their turn after it. */
const TURN_MS = 10_000;
/** Longer than an attempt by this, so that a living node never loses a lease. */
const LEASE_MARGIN_MS = 20_000;
/** The pause until the position of a stream is read again; it doubles. */
const HELD_PAUSE_MS = 25;
const LONGEST_HELD_PAUSE_MS = 1_000;
const RIGHTS_MS = 1_000;
/** How soon what comes in meanwhile is noticed. */
const NEW_WORK_MS = 200;

@Injectable()
export class Deliver {
  constructor(
    private readonly database: Database,
    private readonly webhooks: WebhookStore,
    private readonly attempts: AttemptsStore,
    private readonly sending: SendAttempt,
    private readonly settling: SettleAttempt,
    private readonly rights: CreatorRights,
    private readonly disabling: DisableWebhooks,
    private readonly positions: StreamPositions,
    private readonly jobs: DeliveryJobs,
    private readonly metrics: DeliveryMetrics,
    @Inject(webhooksConfig.KEY) private readonly config: ConfigOf<typeof webhooksConfig>,
  ) {}

  async deliver(turn: Turn): Promise<void> {
    const webhook = await this.webhooks.find(this.database, turn.webhookId, filterOf(turn));
    if (!webhook?.enabled) return;
    const until = performance.now() + TURN_MS;
    const remembered = new RememberedRights(() => this.rights.of(webhook, turn.requestId));
    await this.runLanes(turn, () => this.runLane(turn, remembered, until), until);
    if (performance.now() >= until && !turn.signal.aborted) await this.jobs.deliverMore(keyOf(turn));
  }

  /** While an attempt takes its time, others begin for what comes in meanwhile. */
  private async runLanes(turn: Turn, run: () => Promise<void>, until: number): Promise<void> {
    const lanes = new Set<Promise<void>>();
    const failures: unknown[] = [];
    const fill = (): void => {
      while (lanes.size < this.config.WEBHOOKS_CONCURRENCY_PER_WEBHOOK) {
        const lane = run()
          .catch((error: unknown) => void failures.push(error))
          .finally(() => lanes.delete(lane));
        lanes.add(lane);
      }
    };
    fill();
    while (lanes.size > 0) {
      const awake = new AbortController();
      await Promise.race([Promise.all(lanes), sleep(NEW_WORK_MS, undefined, awake).catch(() => undefined)]);
      awake.abort();
      const isOpen = !turn.signal.aborted && failures.length === 0 && performance.now() < until;
      if (isOpen && lanes.size > 0 && (await this.attempts.isDue(this.database, keyOf(turn)))) fill();
    }
    if (failures.length > 0) throw failures[0];
  }

  /** One attempt after the other. */
  private async runLane(turn: Turn, remembered: RememberedRights, until: number): Promise<void> {
    let settle: Settle | undefined;
    let pauseMs = HELD_PAUSE_MS;
    for (;;) {
      const isOver = turn.signal.aborted || performance.now() >= until;
      const rights = await remembered.get();
      if (!rights) return this.end(turn, settle);
      const next = await this.settleAndClaim(turn, settle, !isOver);
      settle = undefined;
      if (next === 'rests') return;
      if (next) {
        settle = await this.attempt(turn, next.webhook, next.claim, rights);
        pauseMs = HELD_PAUSE_MS;
      } else {
        if (isOver || !(await this.waitForHeld(turn, pauseMs))) return;
        pauseMs = Math.min(pauseMs * 2, LONGEST_HELD_PAUSE_MS);
      }
    }
  }

  /** In one transaction, so that each attempt costs one. @returns `rests` if nothing of the webhook is sent now. */
  private settleAndClaim(
    turn: Turn,
    settle: Settle | undefined,
    claims: boolean,
  ): Promise<{ webhook: WebhookRow; claim: Claim } | 'rests' | undefined> {
    if (!settle && !claims) return Promise.resolve(undefined);
    return this.database.transaction(async (on) => {
      const locked = await this.webhooks.lock(on, turn.webhookId, filterOf(turn));
      if (!locked) return 'rests';
      await settle?.(on, locked);
      const webhook = settle ? await this.webhooks.find(on, turn.webhookId, filterOf(turn)) : locked;
      if (!webhook?.enabled || isPaused(webhook)) return 'rests';
      if (!claims) return undefined;
      const claim = await this.attempts.claim(on, webhook, {
        concurrency: this.config.WEBHOOKS_CONCURRENCY_PER_WEBHOOK,
        leaseMs: this.attemptMs + LEASE_MARGIN_MS,
        positions: this.positions.known,
      });
      return claim && { webhook, claim };
    });
  }

  /** @returns what to do in the next transaction. */
  private async attempt(turn: Turn, webhook: WebhookRow, claim: Claim, rights: Rights): Promise<Settle | undefined> {
    const body = this.sending.bodyOf(webhook, claim, rights);
    if (body === undefined) return (on, locked) => this.settling.drop(on, locked, claim);
    // Before the lease ends, so that no two nodes send the same delivery.
    const signal = AbortSignal.any([turn.signal, AbortSignal.timeout(this.attemptMs + LEASE_MARGIN_MS / 2)]);
    const outcome = await this.sending.send(webhook, claim.id, body, signal);
    return async (on, locked) => {
      const { verdict, failed } = await this.settling.settle(on, locked, claim, outcome);
      on.afterCommit(() => this.metrics.count(failed ? 'failed' : verdict));
    };
  }

  private get attemptMs(): number {
    return this.config.WEBHOOKS_TIMEOUT_SECONDS * 1_000;
  }

  /** @returns whether something due waits for earlier events of its stream, and may be sent soon. */
  private async waitForHeld(turn: Turn, pauseMs: number): Promise<boolean> {
    const held = await this.attempts.held(this.database, keyOf(turn));
    if (held.length === 0) return false;
    await sleep(pauseMs, undefined, { signal: turn.signal }).catch(() => undefined);
    await this.positions.read(held);
    return !turn.signal.aborted;
  }

  /** The creator has lost the right to manage webhooks. */
  private async end(turn: Turn, settle: Settle | undefined): Promise<void> {
    await this.database.transaction(async (on) => {
      const webhook = await this.webhooks.lock(on, turn.webhookId, filterOf(turn));
      if (!webhook) return;
      await settle?.(on, webhook);
      const now = await this.webhooks.find(on, turn.webhookId, filterOf(turn));
      if (now) await this.disabling.disable(on, systemDoer('job', turn.requestId), now, 'creator');
    });
  }
}

/** Asked once in a while by all lanes together. */
class RememberedRights {
  private asked: Promise<Rights | undefined> | undefined;
  private askedAt = 0;

  constructor(private readonly ask: () => Promise<Rights | undefined>) {}

  get(): Promise<Rights | undefined> {
    const now = performance.now();
    if (!this.asked || now - this.askedAt > RIGHTS_MS) {
      this.asked = this.ask();
      this.askedAt = now;
    }
    return this.asked;
  }
}

function keyOf({ workspaceId, webhookId }: Turn): { workspace_id: string; id: string } {
  return { workspace_id: workspaceId, id: webhookId };
}

function filterOf({ workspaceId }: Turn): { workspaceId: string; creatorId: undefined } {
  return { workspaceId, creatorId: undefined };
}

function isPaused({ paused_until: until }: WebhookRow): boolean {
  return until !== null && Date.parse(until) > Date.now();
}
