import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the service is that a command works for. */
export interface ServicePlaces {
  /** The path of its wrangler.toml. */
  readonly configFile: string;
  /** Where `wrangler dev` keeps the local buckets. */
  readonly stateFolder: string;
}

/** What the command is started from: a checkout of the project, or the package that npm installed. */
export interface Installation {
  readonly isCheckout: boolean;
  /** Holds wrangler.toml, package.json and build/. */
  readonly projectFolder: string;
}

/**
 * Chooses the service: that of the checkout; of an installed package that of the working folder, or where it has no
 * wrangler.toml the one that the package brings. The local buckets never lie in an installed package, which the next
 * installation replaces.
 */
export function chooseService(folder: string, { isCheckout, projectFolder }: Installation): ServicePlaces {
  const serviceFolder = isCheckout ? projectFolder : folder;
  const own = join(serviceFolder, "wrangler.toml");
  return {
    configFile: isCheckout || existsSync(own) ? own : join(projectFolder, "wrangler.toml"),
    stateFolder: join(serviceFolder, ".wrangler", "state"),
  };
}
