// The pinned release of nats-server, with the SHA-256 of each archive as published in nats-io/nats-docker
// (2.12.x/alpine3.22/Dockerfile).
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProgramSource, Release } from './obtain-program.js';

const run = promisify(execFile);
const VERSION_TIMEOUT_MS = 20_000;

const VERSION = '2.12.15';
const OFFICIAL = 'https://github.com/nats-io/nats-server/releases/download';

const SHA_256: Readonly<Record<string, string>> = {
  'linux-x64': '58ab8131f819263897e2fc38e503e1b755b63bcafeecc7d12582487df48ca15e',
  'linux-arm64': 'b724db99fefbf8f5c808baa82819ee50350aee9734017e4a478f7e545cef3ab6',
  'linux-arm': '72311fe4e14ce3ce22dc8e7ac02633e6f31a9bab4086c92a31fd040e59683c8a',
  'linux-s390x': '5db960be875da499f1354f41c0a7780303fb9644cf62d35022677e77b4178029',
  'linux-ppc64': '56447e72ec0551fa27a4368388dee475e028d4d5de6d97a802d944c6f278cf1e',
};
/** The Go names of Node's architectures. */
const GO_ARCHITECTURE: Readonly<Record<string, string>> = { x64: 'amd64', arm: 'arm7', ppc64: 'ppc64le' };

/** @param mirror replaces the official address: `<mirror>/v<version>/<archive>`. */
export function natsServerSource(mirror = OFFICIAL): ProgramSource {
  return {
    name: 'nats-server',
    variable: 'NATS_SERVER_BIN',
    version: VERSION,
    release: release(mirror),
    debianPackage: 'nats-server',
    brewFormula: 'nats-server',
  };
}

/** @returns the output of the program: `nats-server: v2.12.15`. @throws Error if it is not a nats-server. */
export async function natsServerVersion(program: string): Promise<string> {
  const options = { timeout: VERSION_TIMEOUT_MS };
  const { stdout } = await run(program, ['--version'], options).catch(() => ({ stdout: '' }));
  if (/^nats-server:? v?\d/.test(stdout)) return stdout.trim();
  throw new Error(`${program} is not a nats-server.`);
}

function release(mirror: string): Release | undefined {
  const sha256 = SHA_256[`${process.platform}-${process.arch}`];
  const architecture = GO_ARCHITECTURE[process.arch] ?? process.arch;
  const archive = `nats-server-v${VERSION}-${process.platform}-${architecture}.tar.gz`;
  return sha256 === undefined ? undefined : { url: `${mirror}/v${VERSION}/${archive}`, sha256 };
}
