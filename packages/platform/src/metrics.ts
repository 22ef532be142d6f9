import { Counter, collectDefaultMetrics, Gauge, Registry } from '@prometheus-io/client';
import { countRequests } from './request-metrics.ts';

export interface Metrics {
  registry: Registry;
  /** Counts a finished request under its route's template, never under the address a client made up. */
  request(method: string, template: string, status: number, milliseconds: number): void;
  /** A figure asked for whenever metrics are read. */
  gauge(name: string, help: string, read: () => Promise<number> | number): void;
  /** A figure that only grows while the process lives; answers what adds to it. */
  counter(name: string, help: string): (more: number) => void;
}

/** Prometheus metrics of one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    request: countRequests(registry),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await read());
        },
      });
    },
    counter(name, help) {
      const counter = new Counter({ name, help, registers: [registry] });
      return (more) => counter.inc(more);
    },
  };
}
