// The elder's card as `GET /api/v1/homes/{id}/card` answers it. Masked fields come as null or with asterisks;
// the screen shows what it gets and never guesses. Only the fields that are shown are named here.

import type { HomeState } from '#core/model/home-state.ts';

export interface ElderOnCard {
  readonly elderId: string;
  readonly name: string;
  readonly sex: 'F' | 'M' | 'X';
  readonly birthYear: number | null;
  readonly abilityLevel: 0 | 1 | 2 | 3 | 4;
  readonly phone: string | null;
  readonly languages: readonly string[];
  readonly risks: readonly string[];
  readonly conditions: readonly string[];
  readonly allergies: readonly string[];
}

export interface ContactOnCard {
  readonly contactId: string;
  readonly order: number;
  readonly name: string;
  readonly relation: string;
  readonly phone: string;
  readonly availability: string | null;
  readonly canVisit: boolean;
}

export interface SourceStatus {
  readonly state: 'online' | 'offline' | 'never-seen';
  readonly lastSeenAtMs: number | null;
  readonly batteryPct?: number | null;
}

export interface GatewayOnCard {
  readonly gatewayId: string;
  readonly model: string | null;
  /** Null: the core does not know it (yet). */
  readonly status: SourceStatus | null;
}

export interface DeviceOnCard {
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly kind: string;
  readonly room: string;
  readonly status: SourceStatus | null;
}

export interface HomeCard {
  readonly masked: boolean;
  readonly home: {
    readonly homeId: string;
    readonly districtCode: string;
    /** IANA zone; missing when the service is of an earlier version. */
    readonly timezone?: string;
    readonly livingType: 'SOLITARY' | 'EMPTY_NEST' | 'WITH_FAMILY';
    readonly address: {
      readonly grid: string | null;
      readonly street: string | null;
      readonly building: string | null;
      readonly unit: string | null;
      readonly room: string | null;
    };
    readonly access: {
      readonly keySafe: string | null;
      readonly doorCode: string | null;
      readonly keyholder: string | null;
    };
  };
  readonly elders: readonly ElderOnCard[];
  readonly contacts: readonly ContactOnCard[];
  readonly gateways: readonly GatewayOnCard[];
  readonly devices: readonly DeviceOnCard[];
  /** Missing when the service is of an earlier version. */
  readonly state?: HomeState;
}

/** Digits and a leading plus of a telephone number; null when it is masked, so that nobody dials asterisks. */
export function dialable(phone: string | null): string | null {
  if (phone === null || /[*\uff0a]/.test(phone)) return null;
  const digits = phone.replace(/[^\d+]/g, '');
  return digits === '' ? null : digits;
}

export function addressLine(address: HomeCard['home']['address']): string {
  return [address.street, address.building, address.unit, address.room].filter(Boolean).join(' ');
}

/** Devices that cannot tell us anything now: their silence is no evidence. */
export function blindDevices(card: HomeCard): readonly DeviceOnCard[] {
  return card.devices.filter((device) => device.status?.state !== 'online');
}

/** The latest message of any device, with where it came from; null when none ever spoke. */
export function latestMessage(
  card: HomeCard,
): { readonly atMs: number; readonly device: DeviceOnCard } | null {
  let latest: { readonly atMs: number; readonly device: DeviceOnCard } | null = null;
  for (const device of card.devices) {
    const atMs = device.status?.lastSeenAtMs ?? null;
    if (atMs !== null && (latest === null || atMs > latest.atMs)) latest = { atMs, device };
  }
  return latest;
}
