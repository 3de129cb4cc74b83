// What takes part in the benchmark: a way to call an echo, started once per turn in a process of its own.

export interface Payload {
  text: string;
}

/** 256 bytes of JSON. */
export const PAYLOAD: Payload = { text: 'x'.repeat(256 - '{"text":""}'.length) };

export interface Contestant {
  call(): Promise<Payload>;
}

export type StartContestant = (natsUrl: string) => Promise<Contestant>;
