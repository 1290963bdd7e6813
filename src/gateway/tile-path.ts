import { ImageError } from "../error.ts";
import type { OldPicture } from "./old-request.ts";
import { type LevelGrid, parametersOf, type TiledImage, tileAt } from "./tile-grid.ts";

/** How the tiles of a protocol are named, and where they lie. */
export interface TileNaming {
  /** Of which image, as it stands in the path. */
  readonly identifier: string;
  /** Finds level, column, row and the extension, in this order. */
  readonly pattern: RegExp;
  /** What paths the protocol has, in a sentence. */
  readonly shapes: string;
  /** Lays the grid of a level. Throws `not-found` for one that the image does not have. */
  readonly gridOf: (image: TiledImage, level: number) => LevelGrid;
}

/** Reads what comes after the identifier in the path of a tile. Throws `path-malformed` for what names none. */
export function readTilePath(text: string, { identifier, pattern, shapes, gridOf }: TileNaming): OldPicture {
  const numbers = pattern.exec(text);
  if (numbers === null) throw new ImageError("path-malformed", `This is not the path of a tile. ${shapes}`);
  const [, level, column, row, extension = ""] = numbers;
  const place = { column: Number(column), row: Number(row) };
  return {
    kind: "picture",
    identifier,
    translate: (image) => parametersOf(tileAt(image, gridOf(image, Number(level)), place), extension),
  };
}

/** Returns the refusal of a level that an image does not have. */
export function noSuchLevel(deepest: number): ImageError {
  return new ImageError("not-found", `The levels of this image are 0 to ${deepest}.`);
}
