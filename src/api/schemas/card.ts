// The card of a home: all an operator needs to know while somebody may be lying on the floor.

import { Type } from 'typebox';
import { homeState } from './absence.ts';
import { alert } from './alerts.ts';
import { nullableNumber, oneOf } from './fields.ts';
import { contact, device, elder, gateway, home } from './registry.ts';

const LINK_STATES = ['online', 'offline', 'never-seen'] as const;
const gatewayStatus = Type.Object({ state: oneOf(LINK_STATES), lastSeenAtMs: nullableNumber() });
const deviceStatus = Type.Object({ ...gatewayStatus.properties, batteryPct: nullableNumber() });

export const card = Type.Object({
  masked: Type.Boolean({ description: 'True until the caller holds a claim on an open alert of this home' }),
  home,
  elders: Type.Array(elder),
  contacts: Type.Array(contact, { description: 'In calling order' }),
  gateways: Type.Array(Type.Object({ ...gateway.properties, status: gatewayStatus })),
  devices: Type.Array(Type.Object({ ...device.properties, status: deviceStatus })),
  openAlerts: Type.Array(alert),
  state: homeState,
});
