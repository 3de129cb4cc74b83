// Signals new changes to every node. Nothing keeps them, so that receivers also read the feed now and then.
import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { BusConnection } from '@mono/bus';

const SUBJECT = 'changes.appended';

/** @param workspaceIds those with new changes; undefined: signals may have been lost. */
type Listener = (workspaceIds: readonly string[] | undefined) => void;

@Injectable()
export class AppendedSignal implements OnModuleInit {
  private readonly sender = randomUUID();
  private subscribedOn: unknown;
  private readonly listeners = new Set<Listener>();

  constructor(private readonly connection: BusConnection) {}

  onModuleInit(): void {
    this.connection.onConnected((live) => {
      this.notify(undefined);
      if (this.subscribedOn === live) return;
      this.subscribedOn = live;
      live.subscribe(SUBJECT, { callback: (error, message) => void (error ?? this.receive(message.string())) });
    });
  }

  onAppended(listener: Listener): void {
    this.listeners.add(listener);
  }

  send(workspaceIds: readonly string[]): void {
    this.notify(workspaceIds);
    try {
      this.connection.live?.publish(SUBJECT, [this.sender, ...workspaceIds].join(' '));
    } catch {
      // The connection closes.
    }
  }

  /** The own messages come back. */
  receive(message: string): void {
    const [sender, ...workspaceIds] = message.split(' ');
    if (sender !== this.sender) this.notify(workspaceIds);
  }

  private notify(workspaceIds: readonly string[] | undefined): void {
    for (const listener of this.listeners) listener(workspaceIds);
  }
}
