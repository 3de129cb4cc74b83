import { cpSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../../../test/support/child.ts';
import { Instances } from './instances.js';
import { processStartTime } from './process-lock.js';

describe('the instances of a data directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'mono-instances-')), 'instances');
  });
  afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

  test('are empty at first; registering again updates the URL', () => {
    const instances = new Instances(directory);
    expect(instances.living()).toEqual([]);
    instances.register('');
    instances.register('http://127.0.0.1:3000');
    expect(instances.living()).toEqual([{ pid: process.pid, url: 'http://127.0.0.1:3000' }]);
    instances.unregister();
    expect(instances.living()).toEqual([]);
  });

  test('do not count those of the directory that it was copied from', async () => {
    const original = new Instances(directory);
    original.register('http://127.0.0.1:3000');
    const [file = ''] = readdirSync(directory);
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    const copied = `${directory}-copy`;
    cpSync(directory, copied, { recursive: true });
    expect(new Instances(copied).living()).toEqual([]);
    expect(original.living()).toHaveLength(1);
  });

  test('do not include dead processes, nor another process with the same pid', async () => {
    const child = startChild(process.execPath, ['--eval', 'setInterval(() => {}, 1_000)']);
    const instances = new Instances(directory);
    expect(instances.living()).toEqual([]);
    try {
      const own = `${child.pid}-${processStartTime(child.pid)}.json`;
      writeFileSync(join(directory, own), JSON.stringify({ pid: child.pid, url: 'http://127.0.0.1:3001' }));
      writeFileSync(join(directory, `${process.pid}-1.json`), JSON.stringify({ pid: process.pid, url: '' }));
      expect(instances.living()).toEqual([{ pid: child.pid, url: 'http://127.0.0.1:3001' }]);
      expect(readdirSync(directory)).toEqual([own]);
    } finally {
      await child.kill('SIGKILL');
    }
    expect(instances.living()).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });
});
