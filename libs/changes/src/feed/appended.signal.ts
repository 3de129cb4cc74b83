// Signals new changes to every node that answers waiting callers. A lost signal delays an answer up to the end of its wait.
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { BusConnection } from '@mono/bus';
import { Waiting } from './waiting.js';

const SUBJECT = 'changes.appended';

@Injectable()
export class AppendedSignal implements OnModuleInit {
  private subscribedOn: unknown;

  constructor(
    private readonly connection: BusConnection,
    private readonly waiting: Waiting,
  ) {}

  onModuleInit(): void {
    this.connection.onConnected((live) => {
      // Signals are lost while the node is disconnected.
      this.waiting.wakeAll();
      if (this.subscribedOn === live) return;
      this.subscribedOn = live;
      live.subscribe(SUBJECT, { callback: (error, message) => void (error ?? this.receive(message.string())) });
    });
  }

  send(workspaceIds: readonly string[]): void {
    this.waiting.wake(workspaceIds);
    try {
      this.connection.live?.publish(SUBJECT, workspaceIds.join(' '));
    } catch {
      // The connection closes.
    }
  }

  receive(workspaceIds: string): void {
    this.waiting.wake(workspaceIds.split(' '));
  }
}
