// One installation per topology for a whole test run. Jest's main process starts it for the first test file that needs it, so
// that a run of unit tests starts none, and ends it in the global teardown.
import { fork, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TOPOLOGIES, type Topology } from './installation.ts';
import type { MailServerPorts } from './mail-server.ts';

/** The information by which a test process uses the servers. */
export interface SharedServers {
  url: string;
  databaseUrl: string;
  natsUrl: string;
  /** The first key, which belongs to the default workspace. */
  operatorKey: string;
  mailPorts: MailServerPorts;
  /** The output of all servers. */
  outputFile: string;
  /** The settings of all servers. */
  env: Record<string, string>;
}

export interface SharedServersOffer {
  /** The addresses at which test processes request an installation, by topology. */
  url: string;
  end(): Promise<void>;
}

const PROGRAM = join(import.meta.dirname, 'shared-installation-process.ts');

interface Started {
  child: ChildProcess;
  state: { servers?: SharedServers; error?: string };
}

export async function offerSharedServers(): Promise<SharedServersOffer> {
  const started = new Map<Topology, Started>();
  const http = createServer((request, response) => {
    const topology = TOPOLOGIES.find((name) => `/${encodeURIComponent(name)}` === request.url);
    let state: Started['state'] = { error: `There is no topology ${request.url}.` };
    if (topology) {
      const known = started.get(topology) ?? start(topology);
      started.set(topology, known);
      ({ state } = known);
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(state));
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  http.unref();
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async end() {
      await Promise.all([...started.values()].map(stop));
      http.closeAllConnections();
      http.close();
    },
  };
}

function start(topology: Topology): Started {
  const child = fork(PROGRAM, [topology], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const state: Started['state'] = {};
  child.once('message', (message) => Object.assign(state, message));
  child.once('exit', (code, signal) => {
    state.error ??= `The shared servers (${topology}) ended with ${code ?? signal}.`;
  });
  return { child, state };
}

async function stop({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.send('end', () => undefined);
  await exited;
}
