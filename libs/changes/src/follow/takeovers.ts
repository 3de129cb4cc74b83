// Announces each new lease to the other nodes, so that the one that it replaces ends. If a message is lost, the old lease goes on to
// its end, and its client ignores it.
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { BusConnection } from '@mono/bus';

const SUBJECT = 'changes.followed';

export interface Takeover {
  /** Names the credential and the subject. */
  key: string;
  lease: number;
  /** Unique: the same lease may have been requested twice. */
  id: string;
}

@Injectable()
export class Takeovers implements OnModuleInit {
  private readonly listeners = new Set<(takeover: Takeover) => void>();
  private subscribedOn: unknown;

  constructor(private readonly connection: BusConnection) {}

  onModuleInit(): void {
    this.connection.onConnected((live) => {
      if (this.subscribedOn === live) return;
      this.subscribedOn = live;
      live.subscribe(SUBJECT, {
        callback: (error, message) => {
          if (!error) this.receive(message.json<Takeover>());
        },
      });
    });
  }

  onTakeover(listener: (takeover: Takeover) => void): void {
    this.listeners.add(listener);
  }

  send(takeover: Takeover): void {
    this.connection.live?.publish(SUBJECT, JSON.stringify(takeover));
  }

  receive(takeover: Takeover): void {
    for (const listener of this.listeners) listener(takeover);
  }
}
