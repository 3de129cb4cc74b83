// The trash module, on every node.
import { Module } from '@nestjs/common';
import { TrashController } from './src/trash.controller.js';
import { TrashOwners } from './src/trash-owners.js';

@Module({ controllers: [TrashController], providers: [TrashOwners] })
export class TrashModule {}
