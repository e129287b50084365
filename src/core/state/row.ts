// Places in the tables. The log numbers homes, devices and gateways from 1; a row is where the numbers of one begin in
// the memory of its table, in units of eight bytes (state/table.ts). A row is a type of its own: that of a device opens
// no column of a home, and a number of the log opens none at all, or an alarm could be read from a neighbour's numbers.

export type RowKind = 'home' | 'device' | 'gateway';

declare const kindOfRow: unique symbol;
export type Row<K extends RowKind> = number & { readonly [kindOfRow]: K };

export type HomeRow = Row<'home'>;
export type DeviceRow = Row<'device'>;
export type GatewayRow = Row<'gateway'>;

/** Row 0 is never a real one: no home is known, no device spoke. */
export const NO_HOME = 0 as HomeRow;
export const NO_DEVICE = 0 as DeviceRow;
export const NO_GATEWAY = 0 as GatewayRow;

export const ROW_UNIT_BYTES = 8;
