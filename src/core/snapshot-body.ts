// The body of a snapshot: names, deadlines and tables as bytes one after the other, and the part of the head that says
// what they are. Tables lie in it as in memory, so that cutting one and reading one is mostly a copy.

import type { AlertBook } from './alerts/book.ts';
import {
  blocksOf,
  type LanesHead,
  type OldTable,
  type OldTableHead,
  rowsOf,
  type Sized,
} from './old-snapshot-body.ts';
import { type Copy, type Image, ownCopy } from './state/image.ts';
import { type Block, noStrides, type Strides } from './state/table.ts';
import type { World } from './state/world.ts';

const TABLES = ['homes', 'devices', 'gateways'] as const;
type TableName = (typeof TABLES)[number];
const IMAGES = ['names', 'home-deadlines', 'gateway-deadlines', 'alerts'] as const;
type ImagesName = (typeof IMAGES)[number];

/** What is in a body; an `Engine` has them. */
interface Parts {
  readonly world: World;
  readonly book: AlertBook;
}

interface TableImage {
  readonly size: number;
  readonly blocks: readonly Block[];
}

export interface Body {
  readonly images: Readonly<Record<ImagesName, readonly Image[]>>;
  readonly tables: Readonly<Record<TableName, TableImage>>;
  readonly strides: Strides;
}

type BlockHead = Omit<Block, 'bytes'> & Sized;

/** What the head of a snapshot says of its body. */
export interface BodyHead {
  /** Of the formats before 3. */
  readonly tables?: readonly OldTableHead[];
  readonly body?: {
    /** `alerts` is missing before format 5. */
    readonly images: Readonly<Partial<Record<ImagesName, readonly (Sized & { readonly name: string })[]>>>;
    readonly tables: Readonly<
      Record<TableName, { readonly size: number; readonly blocks: readonly (BlockHead | LanesHead)[] }>
    >;
    readonly strides: Strides;
  };
}

/** One for each of the names, made in their order. */
function eachOf<N extends string, T>(names: readonly N[], make: (name: N) => T): Readonly<Record<N, T>> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<N, T>;
}

export function bodyOf({ world, book }: Parts, copy: Copy = ownCopy): Body {
  const { roster, homeDeadlines, gatewayDeadlines } = world;
  return {
    images: {
      names: roster.namePages.images(),
      'home-deadlines': homeDeadlines.images(copy),
      'gateway-deadlines': gatewayDeadlines.images(copy),
      alerts: book.images(),
    },
    tables: eachOf(TABLES, (name) => ({ size: roster[name].size, blocks: roster[name].blocks(copy) })),
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
  const sized = <T extends { readonly bytes: Uint8Array }>({ bytes, ...rest }: T) => ({
    ...rest,
    byteLength: bytes.byteLength,
  });
  return {
    body: {
      images: eachOf(IMAGES, (name) => images[name].map(sized)),
      tables: eachOf(TABLES, (name) => ({ size: tables[name].size, blocks: tables[name].blocks.map(sized) })),
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
  if (body === undefined)
    return readOldBody((tables ?? []).map((table) => ({ ...table, columns: table.columns.map(take) })));
  const images = eachOf(IMAGES, (name) => (body.images[name] ?? []).map(take));
  const read = eachOf(TABLES, (name) => ({
    size: body.tables[name].size,
    blocks: body.tables[name].blocks.map((block) => ('type' in block ? rowsOf(take(block)) : take(block))),
  }));
  return { images, tables: read, strides: body.strides };
}

function readOldBody(read: readonly OldTable[]): Body {
  const headed = (name: string) => read.find(({ table }) => table === name);
  return {
    images: eachOf(IMAGES, (name) => headed(name)?.columns ?? []),
    tables: eachOf(TABLES, (name) => ({ size: headed(name)!.size, blocks: blocksOf(name, read) })),
    strides: noStrides(),
  };
}

export function restoreBody(world: World, body: Body): void {
  const { roster, homeDeadlines, gatewayDeadlines } = world;
  roster.namePages.restore(body.images.names);
  const isComplete = eachOf(TABLES, (name) => {
    const { size, blocks } = body.tables[name];
    return roster[name].restore(size, blocks, body.strides);
  });
  if (!isComplete.devices) for (const home of roster.homes.rows()) roster.derive(home);
  homeDeadlines.restore(body.images['home-deadlines']);
  gatewayDeadlines.restore(body.images['gateway-deadlines']);
  // A rule that is newer than the snapshot has not said yet when it wants to be woken.
  if (!isComplete.homes) for (const home of roster.homes.rows()) world.wakeHome(home, world.nowMs + 1);
}
