import type { Size } from "../geometry.ts";
import type { Orientation } from "../pyramid/pyramid.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";

/** What a file is as a master, whether it is served, how it will perform, and what is wrong with it. Plain data. */
export interface MasterReport {
  readonly bytes: number;
  /** Undefined for a file of another format and for one whose start is broken. */
  readonly container: Container | undefined;
  /** In their order; none where the file can't be opened at all. */
  readonly pages: readonly PageReport[];
  /** Of the file and of its pages, the worst first. */
  readonly problems: readonly Problem[];
  /** Whether what viewers ask for is answered: all of it, some of it, nothing. */
  readonly served: Served;
}

/** How much of what viewers ask for is answered. */
export type Served = "whole" | "part" | "none";

/** What the first bytes of a file and its chain of directories say. */
export interface Container {
  readonly format: "TIFF" | "BigTIFF" | "JPEG" | "PNG" | "WebP";
  /** Of a TIFF. */
  readonly byteOrder?: "little" | "big";
  /** Directories of a TIFF, SubIFDs included; undefined where the chain is broken. */
  readonly directories?: number | undefined;
}

/** One image of a file, counted from 1. */
export interface PageReport {
  readonly page: number;
  /** Undefined where it can't be opened. */
  readonly picture: PictureReport | undefined;
  /** What the directory of a page that can't be opened says of it, as far as it says anything. */
  readonly stated: StatedPicture | undefined;
  readonly costs: ServingCosts | undefined;
  readonly served: Served;
}

/** What an opened image is. */
export interface PictureReport extends Size {
  /** Width and height are of the picture as it is seen; levels are as they are stored. */
  readonly orientation: Orientation;
  readonly levels: readonly LevelReport[];
  /** How the samples of the first level are written. */
  readonly samples: SampleReport;
  readonly profile: ProfileReport | undefined;
  readonly metadata: MetadataReport;
}

/** One resolution. */
export interface LevelReport extends Size {
  /** The whole number that the image is divided by; undefined where there is none, and no tiles are offered of it. */
  readonly scaleFactor: number | undefined;
  readonly layout: "tiles" | "strips" | "file";
  readonly tileWidth: number;
  readonly tileLength: number;
  readonly tiles: number;
  /** Tiles that were never written. */
  readonly unwrittenTiles: number;
  /** Tiles that lie, in whole or in part, where the file has no bytes. */
  readonly tilesOutside: number;
  /** Tiles that are whole: over neither the right nor the bottom edge. */
  readonly interiorTiles: number;
  /** Of these, those that are sent as they are stored. */
  readonly copiedTiles: number;
  /** Compressed bytes of all tiles. */
  readonly bytes: number;
  readonly compression: TileEncoding["compression"];
  /** What the frame of one of its tiles says; of JPEG alone. */
  readonly jpeg: JpegReport | undefined;
}

/** The frame of a JPEG tile. */
export interface JpegReport {
  readonly process: "baseline" | "extended" | "progressive" | "lossless" | "hierarchical" | "arithmetic";
  /** As photographers write it: `4:4:4`, `4:2:2`, `4:2:0`. Undefined for one component and for rarer ones. */
  readonly subsampling: string | undefined;
}

/** How samples are written. */
export interface SampleReport {
  readonly model: TileEncoding["model"];
  /** Grey with 0 as white, CMYK with 0 as full ink. */
  readonly isInverted: boolean;
  readonly perPixel: number;
  readonly bits: number;
  readonly format: "unsigned" | "float";
  /** Floating point whose black and white are not stated. */
  readonly isRangeGuessed: boolean;
  readonly predictor: TileEncoding["predictor"];
  readonly isPlanar: boolean;
  readonly alpha: "none" | "associated" | "unassociated";
}

/** An ICC profile and what becomes of it. */
export interface ProfileReport {
  readonly description: string | undefined;
  readonly bytes: number;
  /** sRGB and needing nothing; converted to sRGB; or ignored, with the reason. */
  readonly use: "srgb" | "converted" | "ignored";
  /** Ends the sentence "The profile is ignored: ...". */
  readonly reason: string | undefined;
}

/** What a master says of itself, as far as derivatives and info.json take it over. */
export interface MetadataReport {
  readonly artist?: string | undefined;
  readonly copyright?: string | undefined;
  readonly credit?: string | undefined;
  readonly rights?: string | undefined;
  readonly webStatement?: string | undefined;
  /** What info.json states as `rights`. */
  readonly rightsUri?: string | undefined;
  readonly dotsPerInch?: number | undefined;
  /** Blocks that derivatives can take over whole. */
  readonly blocks: readonly ("exif" | "xmp" | "iptc")[];
}

/** What serving an image takes. */
export interface ServingCosts {
  /** Of a master that is not kept yet. */
  readonly opening: { readonly reads: number; readonly bytes: number };
  /** A square of 256 pixels from the middle, as large as the image has one. */
  readonly tile: RequestCost | undefined;
  /** The whole picture in 128 by 128 pixels. */
  readonly thumbnail: RequestCost | undefined;
}

/** What one request takes; undefined in its place stands for one that is refused. */
export interface RequestCost {
  readonly strategy: "copy" | "draw" | "stream";
  readonly reads: number;
  readonly readBytes: number;
  readonly tiles: number;
  readonly decodedPixels: number;
  readonly peakBytes: number;
}

/** Tags of a directory that can't be opened, as numbers and by their names. */
export interface StatedPicture {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly compression?: number | undefined;
  readonly compressionName?: string | undefined;
  readonly photometric?: number | undefined;
  readonly photometricName?: string | undefined;
  /** Of each sample; undefined where they differ. */
  readonly bits?: number | undefined;
  readonly hasSeveralDepths?: boolean;
  readonly samplesPerPixel?: number | undefined;
  readonly sampleFormat?: number | undefined;
  readonly planarConfiguration?: number | undefined;
  readonly tileWidth?: number | undefined;
}

/** How bad a problem is: not served; served slowly or with loss; worth knowing. */
export type Severity = "error" | "warning" | "note";

/** Something that is wrong with a master. */
export interface Problem {
  readonly severity: Severity;
  /** The name of the kind, for scripts. */
  readonly code: ProblemCode;
  /** The pages that have it; none for one of the whole file. */
  readonly pages: readonly number[];
  /** One or two sentences. */
  readonly message: string;
  /**
   * Commands that mend it, in their order: `FILE` stands for the path of the master and `NAME` for its name without
   * ending. Empty where no command does.
   */
  readonly mend: readonly string[];
}

/** The kinds of problems. */
export type ProblemCode =
  | "not-an-image"
  | "other-format"
  | "damaged"
  | "not-read"
  | "refused"
  | "undecodable"
  | "tiles-outside"
  | "strips"
  | "one-level"
  | "levels-missing"
  | "levels-not-halved"
  | "level-off-grid"
  | "levels-left-out"
  | "other-directories"
  | "tiles-huge"
  | "tiles-tiny"
  | "decoded-whole"
  | "uncompressed"
  | "slow-codec"
  | "progressive"
  | "drawn-anew"
  | "planes"
  | "turned"
  | "unwritten-tiles"
  | "slow-opening"
  | "profile-converted"
  | "profile-ignored"
  | "inks"
  | "lab"
  | "alpha"
  | "extra-samples"
  | "deep-samples"
  | "range-guessed";
