// Nest's own NATS transport, both sides.
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Payload as Body, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { PAYLOAD, type Contestant, type Payload } from '../contestant.ts';

@Controller()
class Echo {
  @MessagePattern('bench.echo')
  echo(@Body() payload: Payload): Payload {
    return payload;
  }
}

@Module({ controllers: [Echo] })
class Root {}

export async function start(natsUrl: string): Promise<Contestant> {
  const options = { servers: [natsUrl], queue: 'bench' };
  const server = await NestFactory.createMicroservice(Root, { transport: Transport.NATS, options, logger: false });
  await server.listen();
  const client = ClientProxyFactory.create({ transport: Transport.NATS, options: { servers: [natsUrl] } });
  await client.connect();
  return { call: () => firstValueFrom(client.send<Payload>('bench.echo', PAYLOAD)) };
}
