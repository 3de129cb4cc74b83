const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a URL's host is this machine: what is said to it needs no TLS. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}
