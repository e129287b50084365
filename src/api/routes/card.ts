// /homes/{id}/card: everything about a home on one card. Personal data is masked until the caller holds a
// claim on an open alert of that home, and again as soon as the claim is gone. Every look is an audit row,
// written before the answer.

import { callerOf } from '#api/authenticate.ts';
import type { ApiParts, ApiServer } from '#api/context.ts';
import { Problem } from '#api/errors.ts';
import { maskContact, maskElder, maskHome } from '#api/personal-data.ts';
import { card } from '#api/schemas/card.ts';
import { idParams } from '#api/schemas/fields.ts';
import { requireInScope } from '#api/scope.ts';
import type { Alert } from '#core/model/alert.ts';
import type { HomeState } from '#core/model/home-state.ts';
import type { DeviceRecord, GatewayRecord, Page, Registry } from '#registry/registry.ts';

/** More elders, contacts or devices than this in one home is not a home. */
const WHOLE: Page = { scope: null, after: null, limit: 200 };

const NOTHING_KNOWN: HomeState = {
  presence: 'unknown',
  awaySinceMs: null,
  lastActivityAtMs: null,
  absence: null,
  gaps: [],
};
const NEVER_SEEN = { state: 'never-seen', lastSeenAtMs: null } as const;

export function cardRoutes(app: ApiServer, parts: ApiParts): void {
  const { registry, runtime } = parts;
  const schema = { tags: ['homes'], params: idParams, response: { 200: card } };
  app.get('/homes/:id/card', { schema }, async (request) => {
    const { staff } = callerOf(request);
    const homeId = request.params.id;
    const home = await registry.homes.get(homeId);
    if (!home) throw new Problem('not-found');
    const subject = `home:${homeId}` as const;
    await requireInScope(registry, staff, { districtCode: home.districtCode, subject, missing: 'not-found' });

    const records = await readHome(registry, homeId);
    // Looked at last, after every wait: a claim lost meanwhile must not open the card.
    const openAlerts = runtime.openAlerts().filter((alert) => alert.homeId === homeId);
    const claimed = openAlerts.find((alert) => isHeldBy(alert, staff.staffId));
    const masked = claimed === undefined;
    const action = masked ? 'card-masked' : 'card-opened';
    await registry.audit({ staffId: staff.staffId, action, subject, detail: claimed?.id ?? '' });
    return {
      masked,
      home: masked ? maskHome(home) : home,
      elders: masked ? records.elders.map(maskElder) : records.elders,
      contacts: masked ? records.contacts.map(maskContact) : records.contacts,
      gateways: records.gateways.map((gateway) => withGatewayStatus(parts, gateway)),
      devices: records.devices.map((device) => withDeviceStatus(parts, device)),
      openAlerts,
      state: shownState(runtime.homeState(home.home) ?? NOTHING_KNOWN, masked),
    };
  });
}

/** Where somebody stays is personal; that and until when they are out is what every operator has to know. */
function shownState(state: HomeState, masked: boolean): HomeState {
  const { absence } = state;
  return masked && absence !== null ? { ...state, absence: { ...absence, note: null } } : state;
}

function isHeldBy(alert: Alert, staffId: string): boolean {
  return alert.claim?.staffId === staffId && alert.handling !== 'closed';
}

async function readHome(registry: Registry, homeId: string) {
  const [elders, contacts, gateways, devices] = await Promise.all([
    registry.elders.list(WHOLE, { homeId }),
    registry.contacts.list(WHOLE, { homeId }),
    registry.gateways.list(WHOLE, { homeId }),
    registry.devices.list(WHOLE, { homeId }),
  ]);
  return {
    elders: elders.items,
    contacts: contacts.items.toSorted((a, b) => a.order - b.order),
    gateways: [...gateways.items, ...(await concentratorsOf(registry, gateways.items, devices.items))],
    devices: devices.items,
  };
}

/** Gateways that stand elsewhere and serve devices of this home. */
async function concentratorsOf(
  registry: Registry,
  own: readonly GatewayRecord[],
  devices: readonly DeviceRecord[],
): Promise<readonly GatewayRecord[]> {
  const ids = new Set(devices.map((device) => device.gatewayId));
  for (const { gatewayId } of own) ids.delete(gatewayId);
  const found = await Promise.all([...ids].map((gatewayId) => registry.gateways.get(gatewayId)));
  return found.filter((gateway) => gateway !== null);
}

function withGatewayStatus({ runtime }: ApiParts, gateway: GatewayRecord) {
  return { ...gateway, status: runtime.gatewayStatus(gateway.gateway) ?? NEVER_SEEN };
}

function withDeviceStatus({ runtime }: ApiParts, device: DeviceRecord) {
  return { ...device, status: runtime.deviceStatus(device.device) ?? { ...NEVER_SEEN, batteryPct: null } };
}
