// For tests of an application that uses the bus: a nats-server, and connected nodes on it.
export { BusWorld, type LoggedLine } from './bus-world.js';
export { startNatsServer, type NatsServer } from './nats-server.js';
export { until } from './until.js';
