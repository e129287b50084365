// Goal: what `docker compose up` would start is consistent with the code, without an engine: options exist, secrets
// have no defaults, mounted files exist, and the dashboard asks only for what the writer stores.

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '#config/load.ts';
import { environmentName, OPTION_NAMES, OPTIONS, type Option } from '#config/schema.ts';
import { KINDS } from '#core/model/kinds.ts';
import { FIELDS } from '#telemetry/influx/lines.ts';
import { NODE_FLAGS } from '../../simulators/node-flags.ts';

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: object;
}
const read = (path: string): string => readFileSync(path, 'utf8');
const compose: { services: Record<'shouwang' | 'influxdb' | 'grafana', Service>; volumes: object } = parse(
  read('docker-compose.yml'),
);
const dockerfile = read('Dockerfile');

test('every option that is set exists and takes its value', () => {
  const set = { ...compose.services.shouwang.environment };
  for (const [, name, value] of dockerfile.matchAll(/(SHOUWANG_\w+)=(\S+)/g)) set[name!] = value!;
  for (const name of Object.keys(set)) expect(OPTION_NAMES.map(environmentName)).toContain(name);
  const plain = Object.fromEntries(Object.entries(set).filter(([, value]) => !value.startsWith('${')));
  expect(loadConfig([], plain)).toMatchObject({ telemetryStore: 'influxdb-2', dataDir: '/data' });
});

test('Node is given the flags of `npm start`', () => {
  const [, command] = /^CMD (.+)$/m.exec(dockerfile)!;
  expect(JSON.parse(command!)).toEqual(['node', ...NODE_FLAGS, 'src/main.ts']);
});

test('secrets come from the environment, are required, and are in the example, empty', () => {
  const required = new Set<string>();
  const secretOptions = OPTION_NAMES.filter((name) => (OPTIONS[name] as Option).isSecret).map(
    environmentName,
  );
  for (const { environment } of Object.values(compose.services)) {
    for (const [name, value] of Object.entries(environment)) {
      if (!/PASSWORD|TOKEN/.test(name) && !secretOptions.includes(name)) continue;
      const [, variable] = /^\$\{(\w+):\?[^}]+\}$/.exec(value) ?? [];
      expect(variable, `${name}: ${value}`).toBeDefined();
      required.add(variable!);
    }
  }
  const example = [...read('docker/env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  expect(example.map(([name]) => name).toSorted()).toEqual([...required].toSorted());
  expect(example.map(([, value]) => value)).toEqual(example.map(() => ''));
});

test('everything has a health check, named volumes, and ports on this machine only unless asked', () => {
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  expect(dockerfile).toMatch(/^USER node$/m);
  for (const [name, { volumes, ports = [], healthcheck }] of Object.entries(compose.services)) {
    expect(healthcheck !== undefined || name === 'shouwang').toBe(true);
    for (const port of ports) expect(port).toMatch(/^\$\{SHOUWANG_BIND:-127\.0\.0\.1\}:/);
    for (const volume of volumes) {
      const source = volume.split(':')[0]!;
      if (source.startsWith('./')) expect(existsSync(source), source).toBe(true);
      else expect(compose.volumes).toHaveProperty(source);
    }
  }
  // The alarms' service never waits for telemetry.
  expect(compose.services.shouwang).not.toHaveProperty('depends_on');
});

test('what the image copies is let through to the build', () => {
  const ignored = read('.dockerignore').split('\n');
  for (const [, sources] of dockerfile.matchAll(/^COPY (.+) \S+$/gm)) {
    for (const source of sources!.split(' ')) {
      expect(existsSync(source), source).toBe(true);
      expect(ignored).toContain(`!${source}`);
    }
  }
});

test('the dashboard asks the provisioned source only for measurements and fields that are written', () => {
  const [source] = parse(read('docker/grafana/provisioning/datasources/influxdb.yml')).datasources;
  const [provider] = parse(read('docker/grafana/provisioning/dashboards/shouwang.yml')).providers;
  expect(compose.services.grafana.volumes.join()).toContain(`/dashboards:${provider.options.path}:ro`);
  expect(source.jsonData.defaultBucket).toBe(compose.services.shouwang.environment['SHOUWANG_INFLUX_BUCKET']);
  expect(compose.services.grafana.environment).toHaveProperty(source.secureJsonData.token.slice(1));
  const { panels } = JSON.parse(read('docker/grafana/dashboards/fleet.json'));
  expect(panels.length).toBeGreaterThan(5);
  for (const { title, targets, datasource } of panels) {
    expect(datasource.uid, title).toBe(source.uid);
    for (const { query } of targets) {
      expect(query, title).toMatch(/^(\w+ = )?from\(bucket: v\.defaultBucket\)/);
      for (const [, name] of query.matchAll(/_measurement == "(\w+)"/g)) expect(KINDS, title).toContain(name);
      for (const [, list] of query.matchAll(/set: \[([^\]]*)\]/g))
        for (const [, name] of list.matchAll(/"(\w+)"/g)) expect(KINDS, title).toContain(name);
      for (const [, name] of query.matchAll(/_field == "(\w+)"/g)) expect(FIELDS, title).toContain(name);
      for (const [, column] of query.matchAll(
        /(?<!_field == |_value == )"(home|gateway|device|\w+)"(?=[\],])/g,
      ))
        expect([...KINDS, 'home', 'gateway', 'device', '_time', '_value', '_measurement'], title).toContain(
          column,
        );
    }
  }
});
