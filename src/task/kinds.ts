/** What a task can do with each of its images, or of its folders. */
export const runnableKinds = ["check", "verify", "warm", "convert", "repack", "export", "manifest"] as const;

/** The name of what a task does. */
export type RunnableKind = (typeof runnableKinds)[number];

/** How masters are looked at: `decode` also draws a tile of each level. */
export interface CheckSettings {
  readonly decode?: boolean;
}

/** How masters are verified: by their sums and records, and with `decode` each of their tiles. */
export interface VerifySettings {
  readonly decode?: boolean;
}

/** Which pictures are asked for of each image. */
export interface WarmSettings {
  /** Sizes of the whole image as the Image API 3.0 writes them, 1 to 20; absent for the thumbnail of manifests and the sizes of info.json. */
  readonly sizes?: readonly string[];
  /** Absent for `jpg` alone. */
  readonly formats?: readonly string[];
}

/** How masters are made of images that are there, as `tessera ingest` does. Those that are such masters are kept. */
export interface ConvertSettings {
  /** Absent for `jpeg`. */
  readonly compression?: "jpeg" | "webp" | "deflate";
  /** 1 to 100; absent for 89. */
  readonly quality?: number;
  /** Side of a tile in pixels; absent for 512. */
  readonly tile?: 256 | 512;
  /** Refuses images of 16 bits, with the command that keeps them, in place of making 8 of them; with `deflate` alone. */
  readonly "keep-depth"?: boolean;
}

/** Tiled pyramids are laid out anew, tile by tile as they are: there is nothing to set. */
export type RepackSettings = Readonly<Record<never, never>>;

/** How images are exported as files, as by the options of `tessera export` of these names. */
export interface ExportChoices {
  /** The address at which the files will be found, without a slash at its end. */
  readonly base: string;
  /** The folder in the bucket EXPORTS, `PREFIX` of `--to r2:BUCKET/PREFIX`; absent for its top. */
  readonly to?: string;
  /** The version of the Image API; absent for 3. */
  readonly api?: 3 | 2;
  /** Side of a tile in pixels, 64 to 4096; absent for that of the master's. */
  readonly tile?: number;
  /** Of what is drawn, 1 to 100; absent for JPEG_QUALITY. */
  readonly quality?: number;
  /** Widths of further pictures of the whole, 1 to 20. */
  readonly thumbs?: readonly number[];
  /** With the names that OpenSeadragon 4.0.0 rounds. */
  readonly "also-rounded"?: boolean;
  /** Also images that not anybody may see, whole; absent for none of them. */
  readonly "include-restricted"?: boolean;
}

/** Objects are made of folders as they are: there is nothing to set. */
export type ManifestSettings = Readonly<Record<never, never>>;

/** The settings of each kind; all of them may be left out but for `base`. */
export interface SettingsOfKinds {
  readonly check: CheckSettings;
  readonly verify: VerifySettings;
  readonly warm: WarmSettings;
  readonly convert: ConvertSettings;
  readonly repack: RepackSettings;
  readonly export: ExportChoices;
  readonly manifest: ManifestSettings;
}
