import type { MissingRows } from "../codec/missing-rows.ts";
import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import { maxLostHundredths } from "../limits.ts";

/** What a drawing lacks because the stored image is damaged. */
export interface Damage {
  /** The first row that could not be read as it was written, in pixels of the stored level that was drawn from. */
  readonly firstRow: number;
  /** How many there are, counted in each tile. */
  readonly rows: number;
  /** How much of the part that was asked for is lost altogether: 0 to 100. */
  readonly lostPercent: number;
}

/** A tile that was decoded for a drawing. */
export interface DecodedTile {
  /** The pixels of it that were asked for. */
  readonly asked: Size;
  /** The row of the stored level that its first row is. */
  readonly levelRow: number;
  readonly missing: MissingRows | undefined;
}

/** Adds up what the tiles of one drawing lack. */
export class DamageRecord {
  #firstRow = Number.POSITIVE_INFINITY;
  #rows = 0;
  #lostPixels = 0;
  #askedPixels = 0;

  /** Counts a tile. */
  add({ asked, levelRow, missing }: DecodedTile): void {
    const pixels = asked.width * asked.height;
    this.#askedPixels += pixels;
    if (missing === undefined) return;
    this.#firstRow = Math.min(this.#firstRow, levelRow + missing.first);
    this.#rows += missing.count;
    this.#lostPixels += (pixels * missing.lost) / missing.asked;
  }

  /** What the tiles counted so far lack; undefined if they are whole. */
  get damage(): Damage | undefined {
    if (this.#rows === 0) return undefined;
    const lostPercent = Math.round((1000 * this.#lostPixels) / this.#askedPixels) / 10;
    return { firstRow: this.#firstRow, rows: this.#rows, lostPercent };
  }

  /** Throws `source-malformed` if the tiles counted so far lack anything: what is streamed may be kept. */
  refuseAny(): void {
    const { damage } = this;
    if (damage !== undefined) {
      throw damagedImage(damage, "Ask for a smaller size or region: it is shown without them.");
    }
  }

  /** Tells what the picture lacks, if it lacks anything. Throws `source-malformed` if more of it is lost than may be. */
  settle(onDamage: (damage: Damage) => void): void {
    const { damage } = this;
    if (damage === undefined) return;
    if (damage.lostPercent > maxLostHundredths) throw damagedImage(damage);
    onDamage(damage);
  }
}

/**
 * Returns the error for a picture that is not shown for what it lacks; `hint` says what may be asked for instead.
 */
export function damagedImage({ firstRow, rows, lostPercent }: Damage, hint?: string): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: rows of it can't be read.", {
    ...(hint === undefined ? {} : { hint }),
    detail: `${rows} rows from row ${firstRow} on, ${lostPercent} % of what was asked for is lost`,
  });
}
