// The native format, version 1 (docs/native-format.md): topics `shouwang/v1/{gateway}/…`, payload one JSON object
// or an array of them. Elements of an array stand alone: a bad one is refused, the others are taken.
// Unknown fields are ignored, unknown kinds kept: a newer gateway can talk to an older service.

import { COMPOUND_KINDS, DEVICE_STATE_KINDS, NUMERIC_KINDS } from '#core/model/kinds.ts';
import { emergencyOf, type Observation, type ObservationValue } from '#core/model/observation.ts';
import type { Codec, CodecRefusal, Decoded, ElementRefusal, Frame, Role, Route } from './codec.ts';
import { parseInstantMs } from './instant.ts';
import { NUMERIC_RANGES, type Read, readValue, within } from './native-values.ts';
import { cleanText, decodeText, isTooDeep, parseJson } from './text.ts';

const PREFIX = 'shouwang/v1/';
const DEVICE_ROLES: Readonly<Record<string, Role>> = {
  __proto__: null as never,
  event: 'event',
  telemetry: 'telemetry',
  ack: 'answer',
};

/** Longest device name, kind and event id, characters. A longer event id is no identity; the reading is still taken. */
const DEVICE_ID_MAX = 128;
const KIND_MAX = 64;
const EVENT_ID_MAX = 128;

const NOTHING: Decoded = { observations: [], indexes: [], refused: [], status: null };
const FIRST = [0] as const;

export const nativeCodec: Codec = {
  format: 'native',
  frameBytesMax: null,
  route,
  commandPrefix: (gatewayId) => `${PREFIX}${gatewayId}/command/`,
  decode,
};

function route(gatewayId: string, topic: string): Route | null {
  const own = `${PREFIX}${gatewayId}/`;
  if (!topic.startsWith(own)) return null;
  const rest = topic.slice(own.length);
  if (rest === 'status') return { role: 'status', deviceId: null };
  const slash = rest.indexOf('/');
  const role = slash < 0 ? undefined : DEVICE_ROLES[rest.slice(slash + 1)];
  const deviceId = role === undefined ? null : readDeviceId(rest.slice(0, slash));
  return role === undefined || deviceId === null ? null : { role, deviceId };
}

function decode(frame: Frame): Decoded {
  if (frame.payload.length === 0) {
    // An empty status is the legal way to clear a retained one and says nothing.
    return frame.route.role === 'status' ? NOTHING : refuseFrame('empty-payload', 'no bytes');
  }
  const { text, isUtf8 } = decodeText(frame.payload);
  if (isTooDeep(text)) return refuseFrame('too-deep', 'brackets nest too deeply');
  const parsed = parseJson(text);
  if (!parsed.ok) return refuseFrame(isUtf8 ? 'bad-json' : 'bad-encoding', 'not JSON in UTF-8');
  if (frame.route.role === 'status') return decodeStatus(parsed.value);
  if (frame.route.role === 'answer') return NOTHING;
  // Bytes that are no UTF-8 cost a reading, not an alarm: a name in GBK beside a press must not silence it.
  return Array.isArray(parsed.value)
    ? decodeArray(frame, parsed.value, isUtf8)
    : decodeSingle(frame, parsed.value, isUtf8);
}

function refuseFrame(reason: CodecRefusal, detail: string): Decoded {
  return { ...NOTHING, refused: [{ index: -1, reason, detail }] };
}

function decodeStatus(value: unknown): Decoded {
  if (!isObject(value) || typeof value['online'] !== 'boolean') {
    return refuseFrame('bad-status', 'expected {"online": true or false}');
  }
  const { online, replay, at } = value;
  return { ...NOTHING, status: { online, isReplay: replay === true, claimedAtMs: parseInstantMs(at) } };
}

function decodeSingle(frame: Frame, value: unknown, isUtf8: boolean): Decoded {
  const element = decodeElement(frame.route, value, 0);
  if ('reason' in element) return { ...NOTHING, refused: [element] };
  const blocked = isUtf8 ? null : refuseUnlessEmergency(element, 0, 'bad-encoding');
  if (blocked !== null) return { ...NOTHING, refused: [blocked] };
  return { observations: [element], indexes: FIRST, refused: NOTHING.refused, status: null };
}

function decodeArray(frame: Frame, elements: readonly unknown[], isUtf8: boolean): Decoded {
  const observations: Observation[] = [];
  const indexes: number[] = [];
  const refused: ElementRefusal[] = [];
  for (let index = 0; index < elements.length; index++) {
    const element = decodeElement(frame.route, elements[index], index);
    const outcome = 'reason' in element ? element : blockedBy(frame, element, index, isUtf8);
    if (outcome !== null) refused.push(outcome);
    else if (!('reason' in element)) {
      observations.push(element);
      indexes.push(index);
    }
  }
  return { observations, indexes, refused, status: null };
}

function blockedBy(
  frame: Frame,
  element: Observation,
  index: number,
  isUtf8: boolean,
): ElementRefusal | null {
  if (!isUtf8) return refuseUnlessEmergency(element, index, 'bad-encoding');
  return index < frame.observationsMax
    ? null
    : refuseUnlessEmergency(element, index, 'too-many-observations');
}

function refuseUnlessEmergency(
  element: Observation,
  index: number,
  reason: CodecRefusal,
): ElementRefusal | null {
  return emergencyOf(element.kind, element.value) === null ? { index, reason, detail: element.kind } : null;
}

type Fields = Readonly<Record<string, unknown>>;

// `JSON.parse` makes "__proto__" an own key, so a field that is absent reads as absent.
function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeElement(at: Route, element: unknown, index: number): Observation | ElementRefusal {
  if (!isObject(element)) return { index, reason: 'not-an-object', detail: typeof element };
  const deviceId = at.deviceId ?? readDeviceId(element['device']);
  if (deviceId === null)
    return { index, reason: 'bad-device', detail: 'device: a name of 1 to 128 characters' };
  const named = readKind(element['kind']);
  if (named === null) return { index, reason: 'bad-kind', detail: 'kind: a word of 1 to 64 characters' };
  const isPress = PRESS_KINDS.has(named);
  const kind = isPress ? 'button' : named;
  const read = isPress ? readNamedPress(named, element['value']) : readValue(named, element['value']);
  if (!read.ok)
    return { index, reason: 'wrong-type', detail: `value of ${named}: expected ${read.expected}` };
  return observationOf(at.role, deviceId, kind, read.value, element);
}

function observationOf(
  role: Role,
  deviceId: string,
  kind: string,
  value: ObservationValue,
  fields: Fields,
): Observation {
  return {
    deviceId,
    kind,
    value,
    isLevel: role === 'telemetry' || (role === 'mixed' && LEVEL_KINDS.has(kind)),
    claimedAtMs: parseInstantMs(fields['at']),
    eventId: readEventId(fields['id']),
    seq: readSeq(fields['seq']),
    batteryPct: readBattery(fields['battery']),
    isBuffered: fields['buffered'] === true,
    isReplay: fields['replay'] === true,
  };
}

/** Without a topic the kind tells: measurements and states are levels, everything else happened. */
const LEVEL_KINDS: ReadonlySet<string> = new Set([
  ...NUMERIC_KINDS,
  ...COMPOUND_KINDS,
  ...DEVICE_STATE_KINDS,
]);

/** `kind: "sos"` says the same as a button with value `sos`; taken so because the other reading loses an alarm. */
const PRESS_KINDS: ReadonlySet<string> = new Set(['sos', 'checkin', 'cancel']);

/**
 * The kind alone is the news; only a value that takes it back (false, 0, null) makes it unknown. Another word or a list
 * may be a press or none: refused, so that the integrator hears of it before somebody needs the button.
 */
function readNamedPress(kind: string, value: unknown): Read {
  const word = readValue('button', value);
  const isWord = word.ok && word.value === kind;
  if (value === true || value === undefined || value === 1 || isWord) return { ok: true, value: kind };
  const isUnknown = value === null || typeof value === 'boolean' || typeof value === 'number';
  return isUnknown ? { ok: true, value: null } : { ok: false, expected: `true or "${kind}"` };
}

function readDeviceId(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const deviceId = cleanText(value);
  return deviceId.length >= 1 && deviceId.length <= DEVICE_ID_MAX ? deviceId : null;
}

function readKind(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const kind = cleanText(value);
  return kind.length >= 1 && kind.length <= KIND_MAX ? kind : null;
}

function readEventId(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  if (typeof value !== 'string') return null;
  const id = cleanText(value);
  return id.length >= 1 && id.length <= EVENT_ID_MAX ? id : null;
}

function readSeq(value: unknown): number | null {
  const seq = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0 ? seq + 0 : null;
}

// Beside the point of the reading: what cannot be a percentage is unknown, and the reading goes on.
function readBattery(value: unknown): number | null {
  return typeof value === 'number' ? within(value, NUMERIC_RANGES.battery_pct) : null;
}
