import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Background, type Work } from './beside-requests.js';
import { callOnBusListening } from './on-bus-listening.js';

test('work beside the requests begins once the bus listens, and ends with the application', async () => {
  const happened: string[] = [];
  const work: Work = {
    start: () => void happened.push('start'),
    stop: () => Promise.resolve(void happened.push('stop')),
  };
  @Module({ providers: [{ provide: Background, useValue: new Background([work]) }] })
  class Root {}
  const application = await NestFactory.createApplicationContext(Root, { logger: false });
  expect(happened).toEqual([]);
  await callOnBusListening(application);
  expect(happened).toEqual(['start']);
  await application.close();
  expect(happened).toEqual(['start', 'stop']);
});
