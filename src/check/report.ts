import type { Size } from "../geometry.ts";
import type { MetadataTexts } from "../metadata/metadata.ts";
import type { Orientation } from "../pyramid/pyramid.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";

/** What a file is as a master, whether it is served, how it will perform, and what is wrong with it. Plain data. */
export interface MasterReport {
  readonly bytes: number;
  /** Undefined for a file in another format or with a broken start. */
  readonly container: Container | undefined;
  /** In order; empty if the file can't be opened at all. */
  readonly pages: readonly PageReport[];
  /** Problems of the file and of its pages, the worst first. */
  readonly problems: readonly Problem[];
  /** Whether viewers' requests are answered: all, some or none. */
  readonly served: Served;
}

/** How much of what viewers request is answered. */
export type Served = "whole" | "part" | "none";

/** What the first bytes of a file and its chain of directories say. */
export interface Container {
  readonly format: "TIFF" | "BigTIFF" | "JPEG" | "PNG" | "WebP";
  /** Set for a TIFF. */
  readonly byteOrder?: "little" | "big";
  /** Number of directories of a TIFF, including SubIFDs; undefined if the chain is broken. */
  readonly directories?: number | undefined;
}

/** One image of a file, counted from 1. */
export interface PageReport {
  readonly page: number;
  /** Undefined if it can't be opened. */
  readonly picture: PictureReport | undefined;
  /** What the directory of a page that can't be opened says about it, as far as it does. */
  readonly stated: StatedPicture | undefined;
  readonly costs: ServingCosts | undefined;
  readonly served: Served;
}

/** What an opened image is. */
export interface PictureReport extends Size {
  /** Width and height are of the picture after orientation; levels are as they are stored. */
  readonly orientation: Orientation;
  readonly levels: readonly LevelReport[];
  /** How the samples of the first level are stored. */
  readonly samples: SampleReport;
  readonly profile: ProfileReport | undefined;
  readonly metadata: MetadataReport;
}

/** One resolution. */
export interface LevelReport extends Size {
  /**
   * The whole number that the image is divided by; undefined if there is none, and then no tiles are offered for it.
   */
  readonly scaleFactor: number | undefined;
  readonly layout: "tiles" | "strips" | "file";
  readonly tileWidth: number;
  readonly tileLength: number;
  readonly tiles: number;
  /** Number of tiles that were never written. */
  readonly unwrittenTiles: number;
  /** Number of tiles that are partly or completely outside the file. */
  readonly tilesOutside: number;
  /** Number of whole tiles: those that don't cross the right or bottom edge. */
  readonly interiorTiles: number;
  /** How many of these are sent as they are stored. */
  readonly copiedTiles: number;
  /** Compressed bytes of all tiles. */
  readonly bytes: number;
  readonly compression: TileEncoding["compression"];
  /** What the frame of one of its tiles says; only for JPEG. */
  readonly jpeg: JpegReport | undefined;
}

/** The frame of a JPEG tile. */
export interface JpegReport {
  readonly process: "baseline" | "extended" | "progressive" | "lossless" | "hierarchical" | "arithmetic";
  /** In the usual notation: `4:4:4`, `4:2:2`, `4:2:0`. Undefined for one component and for rarer ones. */
  readonly subsampling: string | undefined;
}

/** How samples are stored. */
export interface SampleReport {
  readonly model: TileEncoding["model"];
  /** Grey with 0 as white, or CMYK with 0 as full ink. */
  readonly isInverted: boolean;
  readonly perPixel: number;
  readonly bits: number;
  readonly format: "unsigned" | "float";
  /** Floating point with no stated values for black and white. */
  readonly isRangeGuessed: boolean;
  readonly predictor: TileEncoding["predictor"];
  readonly isPlanar: boolean;
  readonly alpha: "none" | "associated" | "unassociated";
}

/** An ICC profile and how it is used. */
export interface ProfileReport {
  readonly description: string | undefined;
  readonly bytes: number;
  /** sRGB, which needs nothing; converted to sRGB; or ignored, with the reason. */
  readonly use: "srgb" | "converted" | "ignored";
  /** Ends the sentence "The profile is ignored: ...". */
  readonly reason: string | undefined;
}

/** What a master says about itself, as far as derivatives and info.json pass it on. */
export interface MetadataReport extends MetadataTexts {
  readonly dotsPerInch?: number | undefined;
  /** Blocks that derivatives can include whole. */
  readonly blocks: readonly ("exif" | "xmp" | "iptc")[];
}

/** The cost of serving an image. */
export interface ServingCosts {
  /** Opening a master that is not kept yet. */
  readonly opening: { readonly reads: number; readonly bytes: number };
  /** A square of 256 pixels from the middle, or as much of it as the image has. */
  readonly tile: RequestCost | undefined;
  /** The whole picture in a box of 128 by 128 pixels. */
  readonly thumbnail: RequestCost | undefined;
}

/** The cost of one request; undefined instead of it means that it is refused. */
export interface RequestCost {
  readonly strategy: "copy" | "draw" | "stream";
  readonly reads: number;
  readonly readBytes: number;
  readonly tiles: number;
  readonly decodedPixels: number;
  readonly peakBytes: number;
}

/** Tags of a directory that can't be opened, as numbers and by name. */
export interface StatedPicture {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly compression?: number | undefined;
  readonly compressionName?: string | undefined;
  readonly photometric?: number | undefined;
  readonly photometricName?: string | undefined;
  /** Bits of each sample; undefined if they differ. */
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
  /** The name of its kind, for scripts. */
  readonly code: ProblemCode;
  /** The pages that have it; empty if it concerns the whole file. */
  readonly pages: readonly number[];
  /** One or two sentences. */
  readonly message: string;
  /**
   * Commands that fix it, in order: `FILE` stands for the path of the master and `NAME` for its name without extension.
   * Empty if no command does.
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
  | "rows-missing"
  | "strips"
  | "one-level"
  | "levels-missing"
  | "levels-not-halved"
  | "level-off-grid"
  | "levels-left-out"
  | "levels-in-doubt"
  | "level-differs"
  | "broken-link"
  | "other-directories"
  | "tiles-huge"
  | "tiles-tiny"
  | "decoded-whole"
  | "uncompressed"
  | "slow-codec"
  | "progressive"
  | "reencoded"
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
