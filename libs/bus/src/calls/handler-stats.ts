// Counters of an endpoint, for $SRV.STATS and the node's metrics.

export class HandlerStats {
  requests = 0;
  errors = 0;
  lastError = '';
  /** Processing time of handlers, without the time in the queue. */
  processingMs = 0;

  count(ms: number, error: { status: number; code: string; message: string } | undefined): void {
    this.requests += 1;
    this.processingMs += ms;
    if (!error) return;
    this.errors += 1;
    this.lastError = `${error.status}:${error.code} ${error.message}`;
  }
}
