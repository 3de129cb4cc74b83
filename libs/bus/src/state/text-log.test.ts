import { BusWorld } from '../testing/bus-world.js';
import { TextLog } from './text-log.js';

test('a log of texts gives back the newest ones, to others and after a restart of the server', async () => {
  const world = await BusWorld.start();
  try {
    const options = { name: 'NOTES', subject: 'notes.kept', keep: 3 };
    const [one, other] = [await world.node(), await world.node()];
    const log = new TextLog(one.host.connection, options);
    expect(await log.recent()).toEqual([]);
    for (let n = 1; n <= 5; n += 1) await log.put(`text ${n}`);
    expect(await new TextLog(other.host.connection, options).recent(2)).toEqual(['text 4', 'text 5']);
    await world.nats.kill('SIGKILL');
    await world.nats.restart();
    const late = await world.node();
    expect(await new TextLog(late.host.connection, options).recent(2)).toEqual(['text 4', 'text 5']);
  } finally {
    await world.end();
  }
});
