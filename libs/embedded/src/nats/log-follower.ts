// Follows the log file of a server, line by line.
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

export type ServerLogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface ServerLogLine {
  level: ServerLogLevel;
  message: string;
}

const EVERY_MS = 500;
const CHUNK_BYTES = 64 * 1_024;
/** `[pid] 2026/11/21 04:00:00.123456 [INF] message` */
const LINE = /^\[\d+\] \S+ \S+ \[([A-Z]{3})\] (.*)$/;
const LEVELS: Readonly<Record<string, ServerLogLevel>> = {
  TRC: 'debug',
  DBG: 'debug',
  INF: 'info',
  WRN: 'warn',
  ERR: 'error',
  FTL: 'error',
};

/** Starts at the end of the file, and continues when the server starts a new file. @returns a function that stops. */
export function followLog(file: string, onLine: (line: ServerLogLine) => void): () => void {
  let at = sizeOf(file);
  let inode = inodeOf(file);
  let rest = '';
  const read = (): void => {
    if (inodeOf(file) !== inode || sizeOf(file) < at) {
      inode = inodeOf(file);
      at = 0;
      rest = '';
    }
    for (let chunk = readFrom(file, at); chunk.length > 0; chunk = readFrom(file, at)) {
      at += chunk.length;
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') onLine(parse(line));
    }
  };
  const timer = setInterval(() => {
    try {
      read();
    } catch {
      // Between two files, or without permission: the next round tries again.
    }
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function parse(line: string): ServerLogLine {
  const [, level = '', message = line] = LINE.exec(line) ?? [];
  return { level: LEVELS[level] ?? 'info', message: message.trim() };
}

function readFrom(file: string, at: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const length = Math.min(CHUNK_BYTES, Math.max(0, fstatSync(descriptor).size - at));
    const chunk = Buffer.alloc(length);
    return chunk.subarray(0, readSync(descriptor, chunk, 0, length, at));
  } finally {
    closeSync(descriptor);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
