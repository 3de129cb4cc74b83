// Distinguishes a path that exists under another method (405) from one that does not exist (404). Used only when no route matched.
import type { FastifyInstance } from 'fastify';

interface Known {
  segments: string[];
  methods: Set<string>;
}

export class AllowedMethods {
  private readonly known = new Map<string, Known>();

  constructor(server: FastifyInstance) {
    server.addHook('onRoute', ({ url, method }) => {
      const entry = this.known.get(url) ?? { segments: url.split('/'), methods: new Set() };
      for (const name of Array.isArray(method) ? method : [method]) entry.methods.add(name);
      this.known.set(url, entry);
    });
  }

  /** The methods that the path of this URL has; none where no route matches it. */
  of(url: string): string[] {
    const segments = (url.split('?', 1)[0] ?? '').split('/');
    const found = new Set<string>();
    for (const { segments: template, methods } of this.known.values()) {
      const matches =
        template.length === segments.length &&
        template.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]));
      if (matches) for (const method of methods) found.add(method);
    }
    return [...found].sort();
  }
}
