// Rule settings of homes. A city has one profile for a million homes, so equal settings are kept once and a home holds
// their number: 0 for the defaults. A number never comes to mean other settings while the engine lives, so whatever is
// computed from them may be kept by number; settings that no home has any more are forgotten.

import type { RuleSettings } from '../model/home.ts';
import type { Words } from './column.ts';
import type { HomeRow } from './row.ts';

/** The column that holds the number of each home, read anew at each use because it may be replaced. */
export interface SettingsColumn {
  readonly columns: { readonly settingsIndex: Words<'home'> };
}

/** Number, settings, homes that have them. */
export type SettingsImage = readonly (readonly [number, RuleSettings, number])[];

interface Pack {
  readonly settings: RuleSettings;
  readonly text: string;
  homes: number;
}

export class HomeSettings {
  readonly #homes: SettingsColumn;
  readonly #packs = new Map<number, Pack>();
  readonly #indexByText = new Map<string, number>();
  #nextIndex = 1;

  constructor(homes: SettingsColumn) {
    this.#homes = homes;
  }

  /** Undefined for a home that keeps to the defaults. */
  get(home: HomeRow): RuleSettings | undefined {
    return this.at(this.indexOf(home));
  }

  /** 0 for the defaults, also for a home nobody configured. */
  indexOf(home: HomeRow): number {
    return this.#homes.columns.settingsIndex.get(home) ?? 0;
  }

  at(index: number): RuleSettings | undefined {
    return this.#packs.get(index)?.settings;
  }

  set(home: HomeRow, settings: RuleSettings): void {
    const { settingsIndex } = this.#homes.columns;
    const before = settingsIndex.get(home);
    settingsIndex.set(home, this.#take(settings));
    this.#release(before);
  }

  image(): SettingsImage {
    return Array.from(this.#packs, ([index, { settings, homes }]) => [index, settings, homes]);
  }

  /** Beside the column, which is restored with its table. */
  restore(image: SettingsImage): void {
    for (const [index, settings, homes] of image) {
      this.#keep(index, { settings, text: JSON.stringify(settings), homes });
      this.#nextIndex = Math.max(this.#nextIndex, index + 1);
    }
  }

  #take(settings: RuleSettings): number {
    if (Object.keys(settings).length === 0) return 0;
    const text = JSON.stringify(settings);
    const known = this.#indexByText.get(text);
    if (known !== undefined) {
      this.#packs.get(known)!.homes += 1;
      return known;
    }
    const index = this.#nextIndex++;
    this.#keep(index, { settings, text, homes: 1 });
    return index;
  }

  #keep(index: number, pack: Pack): void {
    this.#packs.set(index, pack);
    this.#indexByText.set(pack.text, index);
  }

  #release(index: number): void {
    const pack = this.#packs.get(index);
    if (pack === undefined) return;
    pack.homes -= 1;
    if (pack.homes > 0) return;
    this.#packs.delete(index);
    this.#indexByText.delete(pack.text);
  }
}
