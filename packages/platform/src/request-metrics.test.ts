import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from '@prometheus-io/client';
import { countRequests } from './request-metrics.ts';

test('durations read as those of the library, line for line', async () => {
  const registry = new Registry();
  const count = countRequests(registry);
  const theirs = new Registry();
  const histogram = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to end of answer.',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [theirs],
  });
  for (const [route, milliseconds] of [
    ['/a', 0.5],
    ['/a', 1],
    ['/a', 80],
    ['/a', 9000],
    ['/b', 3],
  ] as const) {
    count('GET', route, 200, milliseconds);
    histogram.observe({ route }, milliseconds / 1000);
  }
  const lines = (text: string) => text.split('\n').filter((line) => line.includes('http_request_duration_seconds'));
  const sorted = (text: string) =>
    lines(text)
      .map((line) => line.replace(/\{(.*)\}/, (_, labels) => `{${labels.split(',').sort()}}`))
      .sort();
  assert.deepEqual(sorted(await registry.metrics()), sorted(await theirs.metrics()));
});

test('OBS-07: requests are counted by method, route and status', async () => {
  const registry = new Registry();
  const count = countRequests(registry);
  count('GET', '/a', 200, 1);
  count('GET', '/a', 200, 1);
  count('GET', '/a', 404, 1);
  count('POST', '/a', 200, 1);
  const metrics = await registry.metrics();
  for (const line of [
    '{method="GET",route="/a",status="200"} 2',
    '{method="GET",route="/a",status="404"} 1',
    '{method="POST",route="/a",status="200"} 1',
  ])
    assert.ok(metrics.includes(`http_requests_total${line}`), line);
  assert.equal(await registry.metrics(), metrics, 'reading changes nothing');
});
