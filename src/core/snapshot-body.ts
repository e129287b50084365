// The body of a snapshot: names, deadlines and tables as bytes one after the other, and the part of the head that says
// what they are. Tables lie in it as in memory, so that cutting one and reading one is mostly a copy.

import type { Image } from './state/image.ts';
import { type Block, noStrides, type Strides } from './state/table.ts';
import type { World } from './state/world.ts';

const TABLES = ['homes', 'devices', 'gateways'] as const;
type TableName = (typeof TABLES)[number];
const IMAGES = ['names', 'home-deadlines', 'gateway-deadlines'] as const;
type ImagesName = (typeof IMAGES)[number];

interface TableImage {
  readonly size: number;
  readonly blocks: readonly Block[];
}

export interface Body {
  readonly images: Readonly<Record<ImagesName, readonly Image[]>>;
  readonly tables: Readonly<Record<TableName, TableImage>>;
  readonly strides: Strides;
}

interface Sized {
  readonly byteLength: number;
}
type BlockHead = Omit<Block, 'bytes'> & Sized;

/** Of the formats before 3: every column by itself, in number order, and those of each rule as a table. */
interface OldTableHead {
  readonly table: string;
  readonly size: number;
  readonly columns: readonly (Sized & { readonly name: string; readonly type: string })[];
}

/** What the head of a snapshot says of its body. */
export interface BodyHead {
  readonly tables?: readonly OldTableHead[];
  readonly body?: {
    readonly images: Readonly<Record<ImagesName, readonly (Sized & { readonly name: string })[]>>;
    readonly tables: Readonly<
      Record<TableName, { readonly size: number; readonly blocks: readonly BlockHead[] }>
    >;
    readonly strides: Strides;
  };
}

export function bodyOf({ roster, homeDeadlines, gatewayDeadlines }: World): Body {
  const imageOf = (name: TableName): TableImage => ({
    size: roster[name].size,
    blocks: roster[name].blocks(),
  });
  return {
    images: {
      names: roster.namePages.images(),
      'home-deadlines': homeDeadlines.images(),
      'gateway-deadlines': gatewayDeadlines.images(),
    },
    tables: { homes: imageOf('homes'), devices: imageOf('devices'), gateways: imageOf('gateways') },
    strides: { ...roster.strides },
  };
}

/** In the order in which `readBody` takes them. */
export function partsOf({ images, tables }: Body): Uint8Array[] {
  return [
    ...IMAGES.flatMap((name) => images[name].map(({ bytes }) => bytes)),
    ...TABLES.flatMap((name) => tables[name].blocks.map(({ bytes }) => bytes)),
  ];
}

export function bodyHeadOf({ images, tables, strides }: Body): BodyHead {
  const imagesOf = (name: ImagesName) =>
    images[name].map((image) => ({ name: image.name, byteLength: image.bytes.byteLength }));
  const tableOf = (name: TableName) => ({
    size: tables[name].size,
    blocks: tables[name].blocks.map(({ bytes, ...block }) => ({ ...block, byteLength: bytes.byteLength })),
  });
  return {
    body: {
      images: {
        names: imagesOf('names'),
        'home-deadlines': imagesOf('home-deadlines'),
        'gateway-deadlines': imagesOf('gateway-deadlines'),
      },
      tables: { homes: tableOf('homes'), devices: tableOf('devices'), gateways: tableOf('gateways') },
      strides,
    },
  };
}

/** The bytes are views of `bytes`. */
export function readBody({ body, tables }: BodyHead, bytes: Uint8Array): Body {
  let from = 0;
  const take = <T extends Sized>({ byteLength, ...rest }: T) => {
    from += byteLength;
    return { ...rest, bytes: bytes.subarray(from - byteLength, from) };
  };
  if (body === undefined) return readOldBody(tables ?? [], take);
  // One after the other, as `partsOf` gives them.
  const images = {
    names: body.images.names.map(take),
    'home-deadlines': body.images['home-deadlines'].map(take),
    'gateway-deadlines': body.images['gateway-deadlines'].map(take),
  };
  const tableOf = (name: TableName): TableImage => ({
    size: body.tables[name].size,
    blocks: body.tables[name].blocks.map(take),
  });
  const homes = tableOf('homes');
  const devices = tableOf('devices');
  return { images, tables: { homes, devices, gateways: tableOf('gateways') }, strides: body.strides };
}

type OldColumn = OldTableHead['columns'][number];

function readOldBody(
  heads: readonly OldTableHead[],
  take: (column: OldColumn) => Omit<OldColumn, 'byteLength'> & Image,
): Body {
  const read = heads.map(({ table, size, columns }) => ({ table, size, columns: columns.map(take) }));
  const imagesOf = (name: ImagesName): readonly Image[] =>
    read.find(({ table }) => table === name)?.columns ?? [];
  const tableOf = (name: TableName): TableImage => ({
    size: read.find(({ table }) => table === name)!.size,
    blocks: read
      .filter(({ table }) => table === name || table.endsWith(`/${name}`))
      .flatMap(({ table, columns }) => {
        const prefix = table.slice(0, -name.length);
        return columns.map(({ name: column, type, bytes }) => oldBlock(prefix + column, type, bytes));
      }),
  });
  return {
    images: {
      names: imagesOf('names'),
      'home-deadlines': imagesOf('home-deadlines'),
      'gateway-deadlines': imagesOf('gateway-deadlines'),
    },
    tables: { homes: tableOf('homes'), devices: tableOf('devices'), gateways: tableOf('gateways') },
    strides: noStrides(),
  };
}

function oldBlock(name: string, type: string, bytes: Uint8Array): Block {
  const [scalar, width] = type.split('x');
  return { type: scalar as Block['type'], stride: Number(width ?? 1), columns: [{ name, at: 0 }], bytes };
}

export function restoreBody(world: World, body: Body): void {
  const { roster, homeDeadlines, gatewayDeadlines } = world;
  roster.namePages.restore(body.images.names);
  homeDeadlines.restore(body.images['home-deadlines']);
  gatewayDeadlines.restore(body.images['gateway-deadlines']);
  for (const name of TABLES) {
    const { size, blocks } = body.tables[name];
    roster[name].restore(size, blocks, body.strides);
  }
  const known = new Set(body.tables.devices.blocks.flatMap(({ columns }) => columns.map(({ name }) => name)));
  if (!known.has('traits') || !known.has('room')) for (const home of roster.homes.rows()) roster.derive(home);
  world.noteWaking();
}
