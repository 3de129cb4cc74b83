// A zone in which it is noon, so that no test runs into another day.
const HOUR_MS = 60 * 60 * 1_000;
const hours = 12 - new Date().getUTCHours();

export const NOON_ZONE = hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;

/** The date there, so many days from today: `YYYY-MM-DD`. */
export function noonDate(days: number): string {
  return new Date(Date.now() + (hours + days * 24) * HOUR_MS).toISOString().slice(0, 10);
}
