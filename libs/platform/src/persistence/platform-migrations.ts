import { DeadLetters1763683300000 } from './migrations/1763683300000-dead-letters.js';

/** Of the schema `platform`: what belongs to no module. */
export const platformMigrations = [DeadLetters1763683300000];
