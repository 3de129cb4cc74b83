import { defineEvents, EventBody, everyEventOf } from './define-events.js';

class StarEvent extends EventBody {
  event: 'rose' | 'set';
  aggregate: 'star';
}
class Eclipse extends EventBody {
  event: 'eclipsed';
  aggregate: 'star';
  seconds: number;
}

const skyEvents = defineEvents('night-sky', { rose: StarEvent, set: StarEvent, eclipsed: Eclipse });

test('an event has the name of its key, and its subject', () => {
  expect(skyEvents.eclipsed).toMatchObject({
    kind: 'event',
    module: 'night-sky',
    name: 'eclipsed',
    version: 1,
    subject: 'events.night-sky.v1.eclipsed',
    event: Eclipse,
  });
});

test('all events of a module are one subject', () => {
  expect(everyEventOf(skyEvents)).toMatchObject({ name: '*', subject: 'events.night-sky.v1.*' });
});

test('a name that is not snake_case is refused', () => {
  expect(() => defineEvents('night-sky', { moonRose: StarEvent })).toThrow(
    'Invalid contract name "moonRose": expected snake_case.',
  );
});
