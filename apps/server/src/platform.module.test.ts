// When a node's jobs run: from when the bus listens, and to the end of what is in flight.
import { Module, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { callOnBusListening, JobQueues } from '@mono/platform';
import { RunningJobs } from './platform.module.js';

const happened: string[] = [];

function note(what: string): () => Promise<void> {
  return async () => void happened.push(what);
}

/** A module that starts slowly. */
class Feature implements OnModuleInit, BeforeApplicationShutdown {
  async onModuleInit(): Promise<void> {
    await new Promise(setImmediate);
    happened.push('feature is there');
  }

  beforeApplicationShutdown(): void {
    happened.push('feature is told');
  }
}

@Module({ providers: [Feature] })
class FeatureModule {}

const jobs = {
  start: note('jobs start'),
  stopTaking: note('jobs take no more'),
  stop: note('jobs stop'),
};

test('jobs start once the bus listens, take no more as soon as the node stops, and are waited for', async () => {
  @Module({ imports: [FeatureModule], providers: [{ provide: JobQueues, useValue: jobs }, RunningJobs] })
  class Root {}
  const application = await NestFactory.createApplicationContext(Root, { logger: false });
  expect(happened).not.toContain('jobs start');
  await callOnBusListening(application);
  expect(happened.indexOf('jobs start')).toBeGreaterThan(happened.indexOf('feature is there'));
  expect(happened).not.toContain('jobs take no more');
  await application.close();
  expect(happened.indexOf('jobs stop')).toBeGreaterThan(happened.indexOf('jobs take no more'));
  expect(happened.indexOf('jobs take no more')).toBeGreaterThan(happened.indexOf('jobs start'));
});
