// Loaded first, so that CommonJS add-ons which require these do not look like an import cycle to Jest's ES module loader.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
