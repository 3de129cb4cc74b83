// `npm run dev` in a copy of the checkout: a change is served after one restart, and nothing is left in the end.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { copyCheckout } from '../support/checkout-copy.ts';
import { startChild, type Child } from '../support/child.ts';
import { until } from '../support/until.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = ['apps', 'libs', 'setup', 'nats.conf', 'package.json', 'tsconfig.base.json'];
const ENDED = 'It starts again after the next change.';
/** Its contents reach the answer to GET /openapi.json. */
const SOURCE = 'apps/server/src/edge/documentation.ts';

let copy: string;
let dev: Child | undefined;

beforeAll(async () => {
  copy = await copyCheckout(COPIED);
  // The script without the preparation: the packages are those of this checkout.
  writeFileSync(
    join(copy, 'dev.mjs'),
    `import { Reloader } from './setup/reloader.mjs';\nnew Reloader(process.execPath).run([]);\n`,
  );
});
afterEach(async () => {
  await dev?.stop();
  dev = undefined;
});
afterAll(() => rm(copy, { recursive: true, force: true }));

async function startDev(): Promise<Child> {
  const env = {
    PATH: process.env['PATH'],
    NATS_SERVER_BIN: process.env['NATS_SERVER_BIN'],
    LOG_LEVEL: 'warn',
    PORT: '0',
  };
  dev = startChild(process.execPath, ['dev.mjs'], { cwd: copy, env });
  await banners(1);
  return dev;
}

/** @returns the URL of the last server, once `count` have started. */
async function banners(count: number): Promise<string> {
  return until(`${count} servers have started`, () => {
    if (dev?.ended() !== undefined) throw new Error(dev.output());
    const urls = [...(dev?.output() ?? '').matchAll(/Mono serves at {2}(\S+)[\s\S]*?\n\n/g)].map(([, url]) => url);
    return urls.length === count ? urls.at(-1) : undefined;
  });
}

async function title(url: string): Promise<string> {
  const { info } = (await (await fetch(`${url}/openapi.json`)).json()) as { info: { title: string } };
  return info.title;
}

async function change(from: string | RegExp, to: string): Promise<void> {
  const file = join(copy, SOURCE);
  const before = readFileSync(file, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  // In two steps, as editors do. Paused, the reloader sees both at once, however busy the machine is.
  await dev?.kill('SIGSTOP');
  writeFileSync(file, '');
  writeFileSync(file, after);
  await dev?.kill('SIGCONT');
}

/** All that run in the copy or from it, by the command line or the working directory. */
function processesOfTheCopy(): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return command.includes(copy) || readlinkSync(`/proc/${pid}/cwd`) === copy ? [command] : [];
    } catch {
      return [];
    }
  });
}

function serverPids(): (string | undefined)[] {
  return [
    readFileSync(join(copy, 'data/postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0],
    readFileSync(join(copy, 'data/nats/nats.pid'), 'utf8').trim(),
  ];
}

describe('npm run dev', () => {
  test('is what the script of package.json starts', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['dev']).toBe('exec node setup/dev.mjs');
  });

  test('serves a change after one restart, keeps the embedded servers meanwhile, and ends everything', async () => {
    const child = await startDev();
    expect(await title(await banners(1))).toBe('Mono');
    // A first start where nothing is wrong shows no fault.
    expect(child.output()).not.toMatch(/ERROR|could not|Failed|\n +at |err:/);
    const servers = serverPids();
    await change("title: 'Mono'", "title: 'Mono");
    await until('the server has ended', () => child.output().includes(ENDED));
    await change("title: 'Mono", "title: 'Mono changed'");
    expect(await title(await banners(2))).toBe('Mono changed');
    expect(serverPids()).toEqual(servers);
    expect(child.output().match(/Restarting: /g)).toHaveLength(2);
    await child.kill('SIGINT');
    expect(child.ended()).toBe(0);
    expect(processesOfTheCopy()).toEqual([]);
  });

  test('ends the embedded servers while the sources do not run', async () => {
    const child = await startDev();
    await change("title: 'Mono changed'", "title: 'Mono");
    await until('the server has ended', () => child.output().includes(ENDED));
    expect(processesOfTheCopy().length).toBeGreaterThan(1);
    await child.kill('SIGTERM');
    expect(child.ended()).toBe(0);
    expect(processesOfTheCopy()).toEqual([]);
  });
});
