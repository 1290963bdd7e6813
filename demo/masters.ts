import { join } from "node:path";
import masters from "./masters.json" with { type: "json" };

/** The folder of the project. */
export const projectFolder = join(import.meta.dirname, "..");

/** The folder that holds the TIFF files of the demonstration. */
export const mastersFolder = join(import.meta.dirname, "masters");

/** A painting of the demonstration: what the page says of it, and the file it is stored in. */
export interface DemoMaster {
  readonly identifier: string;
  readonly file: string;
  readonly title: string;
  readonly artist: string;
  readonly date: string;
  readonly credit: string;
  /** The address of the licence, or of a statement about the rights. */
  readonly rights: string;
  /** A description of the painting, for people who can't see it. */
  readonly description: string;
}

/** The paintings of the demonstration, in the order of the page. */
export const demoMasters: readonly DemoMaster[] = masters;
