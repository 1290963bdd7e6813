import type { ImageParameters } from "../iiif/request.ts";
import type { TiledImage } from "./tile-grid.ts";

/** What a request of another protocol asks for. Identifiers are as they stand in the URL, encoded once. */
export type OldRequest = OldDescription | OldPicture | OldPath;

/** What is told of an image: its size, its tiles. */
export interface OldDescription {
  readonly kind: "description";
  readonly identifier: string;
  readonly contentType: string;
  /** Never throws. */
  readonly describe: (image: TiledImage) => string;
}

/** A picture; what it is of the image depends on how large that is. */
export interface OldPicture {
  readonly kind: "picture";
  readonly identifier: string;
  /** Returns it as parameters of the Image API 3.0. Throws an ImageError for what the image does not have. */
  readonly translate: (image: TiledImage) => ImageParameters;
}

/** What comes after the version in a path of the Image API. */
export interface OldPath {
  readonly kind: "iiif";
  readonly rest: string;
}

/** How the tiles of a rule are cut. */
export interface Cutting {
  readonly tileSize: number | undefined;
  readonly overlap: 0 | 1;
}
