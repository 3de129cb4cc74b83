/** Of a request, over REST and NATS alike. */
export const MAX_BODY_BYTES = 1024 * 1024;
