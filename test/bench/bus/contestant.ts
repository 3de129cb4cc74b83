// A contestant of the benchmark: calls an echo, started once per turn in its own process.

export interface Payload {
  text: string;
}

/** 256 bytes of JSON. */
export const PAYLOAD: Payload = { text: 'x'.repeat(256 - '{"text":""}'.length) };

export interface Contestant {
  call(): Promise<Payload>;
}

export type StartContestant = (natsUrl: string) => Promise<Contestant>;
