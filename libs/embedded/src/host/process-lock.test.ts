// The lock among real processes: only these can be killed.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from '../../../../test/support/child.ts';
import { until } from '../../../../test/support/until.ts';
import { isProcessAlive, ProcessLock, processStartTime } from './process-lock.js';

const MODULE = JSON.stringify(join(import.meta.dirname, 'process-lock.js'));

describe('the lock among processes', () => {
  let directory: string;
  let lockDirectory: string;
  const children: Child[] = [];

  /** @param body runs with `lock` and `fs` at hand. */
  function contender(body: string): Child {
    const script = `import fs from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { ProcessLock } from ${MODULE};
      const lock = new ProcessLock(${JSON.stringify(lockDirectory)});
      ${body}`;
    const child = startChild(process.execPath, ['--input-type=module', '--eval', script]);
    children.push(child);
    return child;
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mono-lock-'));
    lockDirectory = join(directory, 'lock');
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill('SIGKILL')));
    await rm(directory, { recursive: true, force: true });
  });

  test('lets one in at a time: 8 processes lose no turn of 20 each', async () => {
    const counter = join(directory, 'counter');
    writeFileSync(counter, '0');
    // Read, pause, write: any overlap loses an increment.
    const contenders = Array.from({ length: 8 }, () =>
      contender(`for (let turn = 0; turn < 20; turn += 1) await lock.hold(async () => {
        const read = Number(fs.readFileSync(${JSON.stringify(counter)}, 'utf8'));
        await sleep(2);
        fs.writeFileSync(${JSON.stringify(counter)}, String(read + 1));
      });`),
    );
    await until('all have had their turns', () => contenders.every((child) => child.ended() !== undefined), {
      limitMs: 300_000,
    });
    expect(contenders.map((child) => [child.ended(), child.output()])).toEqual(contenders.map(() => [0, '']));
    expect(readFileSync(counter, 'utf8')).toBe('160');
    expect(readdirSync(lockDirectory)).toEqual([]);
  });

  test('is released by kill -9 of its holder, whose pid a waiting process receives', async () => {
    const holder = contender(`await lock.acquire(); console.log('held'); setInterval(() => {}, 1_000);`);
    await until('it is held', () => holder.output().includes('held'));
    const waiting = contender(`await lock.acquire((pid) => console.log('waits for ' + pid)); console.log('mine');`);
    await until('the other says for whom it waits', () => waiting.output().includes(`waits for ${holder.pid}`));
    expect(waiting.output()).not.toContain('mine');
    await holder.kill('SIGKILL');
    await until('the other has it', () => waiting.output().includes('mine'));
  });

  test('ignores and removes files of dead processes, also with a reused pid', async () => {
    const dead = contender('');
    await until('it has ended', () => dead.ended() !== undefined);
    mkdirSync(lockDirectory);
    const leftovers = [
      `ticket-1-${dead.pid}-12345-1`,
      `choosing-0-${dead.pid}-12345-1`,
      // This process lives, but began at another time.
      `ticket-1-${process.pid}-1-1`,
      `choosing-0-${process.pid}-1-1`,
    ];
    for (const name of leftovers) writeFileSync(join(lockDirectory, name), '');
    const lock = new ProcessLock(lockDirectory);
    await lock.acquire();
    expect(readdirSync(lockDirectory).filter((name) => leftovers.includes(name))).toEqual([]);
    lock.release();
    expect(readdirSync(lockDirectory)).toEqual([]);
  });

  test('a copy of the directory is free while the original is held', async () => {
    const [original, copied] = [new ProcessLock(lockDirectory), new ProcessLock(`${lockDirectory}-copy`)];
    await original.acquire();
    cpSync(original.directory, copied.directory, { recursive: true });
    await copied.acquire();
    expect(readdirSync(copied.directory)).toHaveLength(1);
    copied.release();
    expect(readdirSync(original.directory)).toHaveLength(1);
    original.release();
  });

  test('excludes two holders within one process, and is released if the work throws', async () => {
    const locks = [new ProcessLock(lockDirectory), new ProcessLock(lockDirectory)];
    let inside = 0;
    let most = 0;
    await Promise.all(
      locks.map((lock) =>
        lock.hold(async () => {
          most = Math.max(most, (inside += 1));
          await new Promise(setImmediate);
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    const [lock = new ProcessLock(lockDirectory)] = locks;
    await expect(lock.hold(() => Promise.reject(new Error('on purpose')))).rejects.toThrow('on purpose');
    expect(readdirSync(lockDirectory)).toEqual([]);
  });

  test('a process is known by pid and start time together', () => {
    const start = processStartTime(process.pid);
    expect(start).toMatch(/^\w+$/);
    expect(isProcessAlive(process.pid, String(start))).toBe(true);
    expect(isProcessAlive(process.pid, '1')).toBe(false);
    expect(existsSync(lockDirectory)).toBe(false);
  });
});
