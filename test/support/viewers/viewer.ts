/** A picture that a viewer asks for, and how large it lays it down: in pixels of the level that it belongs to. */
export interface PlacedTile {
  /** Of the URL, without the origin. */
  readonly path: string;
  /** Of the image per pixel of the level. */
  readonly factor: number;
  /** Where it begins on the level. */
  readonly x: number;
  readonly y: number;
  /** Fractions where the level ends between two pixels. */
  readonly width: number;
  readonly height: number;
}

/** The size of a level as a viewer knows it, a fraction where it ends between two pixels. */
export interface PlacedLevel {
  readonly factor: number;
  readonly width: number;
  readonly height: number;
  readonly tiles: readonly PlacedTile[];
}

/** A viewer whose own code makes the requests. */
export interface Viewer {
  readonly name: string;
  /** Lists all that it asks for of an image, level by level. `url` is where the info.json came from. */
  readonly listLevels: (info: object, url: string) => Promise<readonly PlacedLevel[]>;
}
