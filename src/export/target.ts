/** Where the files of images go. Paths are relative, with plain slashes. */
export interface ImageTarget {
  /** Returns what is written on the folder of an image once it is whole; undefined where nothing is. */
  readonly readMarker: (folder: string) => Promise<string | undefined>;
  /** Writes it. All files of the image are there by then. */
  readonly writeMarker: (folder: string, marker: string) => Promise<void>;
  /**
   * Removes the marker of an image, then the files in its folder, but for pictures that are known to be of what `made`
   * describes: returns their paths. Folders of other images below it stay.
   */
  readonly begin: (folder: string, made: string) => Promise<ReadonlySet<string>>;
  readonly write: (path: string, bytes: Uint8Array) => Promise<void>;
}
