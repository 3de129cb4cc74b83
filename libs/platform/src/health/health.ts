// Whether a node takes traffic, and why not.

export type NodeState = 'starting' | 'ready' | 'draining';
export type ComponentState = 'up' | 'down';

export interface Readiness {
  status: 'ready' | 'degraded' | 'starting' | 'draining' | 'unavailable';
  components: Record<string, ComponentState>;
}

export interface Component {
  name: string;
  /** Without it the node cannot serve; without another it is degraded. */
  required: boolean;
  isUp(): boolean | Promise<boolean>;
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
    const components = Object.fromEntries(
      probed.map(({ component, up }) => [component.name, up ? 'up' : 'down'] as const),
    );
    if (this.state !== 'ready') return { status: this.state, components };
    if (probed.some(({ component, up }) => component.required && !up)) return { status: 'unavailable', components };
    return { status: probed.every(({ up }) => up) ? 'ready' : 'degraded', components };
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
