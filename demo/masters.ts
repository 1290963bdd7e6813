import { join } from "node:path";

/** The folder of the project. */
export const projectFolder = join(import.meta.dirname, "..");

/** The folder that holds the paintings of the demonstration. */
export const mastersFolder = join(projectFolder, "demo", "masters");
