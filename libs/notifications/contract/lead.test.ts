import { leadMinutesOf, leadText } from './lead.js';

test.each([
  ['PT24H', 1_440, 'PT24H'],
  ['P1D', 1_440, 'PT24H'],
  ['PT90M', 90, 'PT1H30M'],
  ['PT60S', 1, 'PT1M'],
  ['P1W', 10_080, 'PT168H'],
  ['P30D', 43_200, 'PT720H'],
])('parses %s as %i minutes and formats them as %s', (text, minutes, formatted) => {
  expect(leadMinutesOf(text)).toBe(minutes);
  expect(leadText(minutes)).toBe(formatted);
});

test.each(['PT0S', '-PT1H', 'PT30S', 'PT1M30S', 'P1M', 'P1Y', 'P30DT1M', 'PT0.5S', 'soon', '', null, 60])(
  'rejects %j',
  (value) => {
    expect(leadMinutesOf(value)).toBeUndefined();
  },
);
