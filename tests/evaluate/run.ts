// `npm run evaluate -- DIR… [--profile NAME] [--json] [--alarms] [--cross-check] [--missing PERCENT]`:
// the protocol of the recorded homes on folders of that layout, through the real engine, next to the fixed rules.
// `--alarms` lists every false alarm; `--cross-check` chooses the settings on all homes but one and tests them on that
// one; `--missing` loses so many of the events at random, the same ones in every run.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROFILES, profileNamed } from '#core/rules/profiles.ts';
import { crossCheck, crossCheckText } from './cross-check.ts';
import { evaluateHome, type HomeResult } from './evaluate.ts';
import { thinned } from './faults.ts';
import { type Recording, readRecording } from './recording.ts';
import { reportOf, reportText } from './report.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    profile: { type: 'string', default: 'default' },
    json: { type: 'boolean', default: false },
    alarms: { type: 'boolean', default: false },
    'cross-check': { type: 'boolean', default: false },
    missing: { type: 'string', default: '0' },
  },
});

const profile = profileNamed(values.profile);
const folders = positionals.flatMap(homesIn);
if (profile === undefined || folders.length === 0) {
  console.error(
    profile === undefined
      ? `unknown profile "${values.profile}"; there are: ${PROFILES.map(({ name }) => name).join(', ')}`
      : 'usage: npm run evaluate -- DIR… [--profile NAME] [--json] [--alarms] [--cross-check] [--missing PERCENT]',
  );
  process.exitCode = 2;
} else {
  const results = new Map<string, HomeResult>();
  const recordings: Recording[] = [];
  for (const folder of folders) {
    const recording = thinned(await readRecording(folder), Number(values.missing));
    recordings.push(recording);
    const name = results.has(recording.name) ? folder : recording.name;
    results.set(name, evaluateHome(recording, profile.rules));
    if (values.alarms) listAlarms(name, recording, results.get(name)!);
  }
  const report = reportOf(results);
  const isChecked = values['cross-check'] && recordings.length > 1;
  if (isChecked && !values.json) console.log(`${crossCheckText(crossCheck(recordings))}\n`);
  console.log(values.json ? JSON.stringify(report, null, 1) : reportText(report));
}

/** The folder itself when it is a home, else the homes in it. */
function homesIn(directory: string): string[] {
  if (existsSync(join(directory, 'home.json')) || !existsSync(directory)) return [directory];
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => join(directory, name))
    .filter((path) => existsSync(join(path, 'home.json')));
}

function listAlarms(name: string, { zone }: Recording, result: HomeResult): void {
  console.error(`${name}: ${result.bytesPerHome} bytes`);
  for (const { atMs, rule, code } of result.alarms)
    console.error(`${name} ${zone.show(atMs)} ${rule} ${code}`);
}
