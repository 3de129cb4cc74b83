// Whether a node takes traffic, and why not.

export type NodeState = 'starting' | 'ready' | 'draining';
export type ComponentState = 'up' | 'degraded' | 'down';

/** A limit that is passed, while the component still serves. */
export interface Problem {
  /** snake_case; another code is another state. */
  code: string;
  reason: string;
  remedy: string;
}

export interface Readiness {
  status: 'ready' | 'degraded' | 'starting' | 'draining' | 'unavailable';
  components: Record<string, ComponentState>;
  /** Present where there are any. */
  problems?: (Problem & { component: string })[];
}

export interface Component {
  name: string;
  /** Without it the node cannot serve; without another it is degraded. */
  required: boolean;
  isUp(): boolean | Promise<boolean>;
  /** As of the last look: asking costs nothing. */
  problem?(): Problem | undefined;
}

/** A component that does not answer in this time is down. */
const PROBE_TIMEOUT_MS = 2_000;

export class Health {
  state: NodeState = 'starting';

  constructor(private readonly components: readonly Component[]) {}

  async readiness(): Promise<Readiness> {
    const probed = await Promise.all(
      this.components.map(async (component) => ({ component, up: await probe(component) })),
    );
    const problems = this.components.flatMap((component) => {
      const problem = component.problem?.();
      return problem ? [{ component: component.name, ...problem }] : [];
    });
    const troubled = new Set(problems.map(({ component }) => component));
    const states = probed.map(({ component: { name }, up }) => {
      const fine = troubled.has(name) ? 'degraded' : 'up';
      return [name, up ? fine : 'down'] as const;
    });
    const facts = { components: Object.fromEntries(states), ...(problems.length > 0 && { problems }) };
    if (this.state !== 'ready') return { status: this.state, ...facts };
    if (probed.some(({ component, up }) => component.required && !up)) return { status: 'unavailable', ...facts };
    return { status: states.every(([, state]) => state === 'up') ? 'ready' : 'degraded', ...facts };
  }
}

export function isServing({ status }: Readiness): boolean {
  return status === 'ready' || status === 'degraded';
}

async function probe(component: Component): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PROBE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([Promise.resolve(component.isUp()), timeout]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
