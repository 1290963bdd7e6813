import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { TestProject } from "vitest/node";
import { loadLeafletIiif } from "./leaflet-iiif.ts";
import { loadOpenSeadragon } from "./open-seadragon.ts";
import type { Viewer } from "./viewer.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `viewer-client.ts` reaches the viewers. */
    readonly viewers: string;
  }
}

/** An info.json that was served at `url`, for a viewer of this name. */
export interface ViewerQuestion {
  readonly viewer: string;
  readonly info: object;
  readonly url: string;
}

/** Loads the viewers that tests ask, by names that say which they are. */
const loaders: Readonly<Record<string, () => Viewer>> = {
  "OpenSeadragon 2.4.2": () => loadOpenSeadragon("openseadragon-2"),
  "OpenSeadragon 3.1.0": () => loadOpenSeadragon("openseadragon-3"),
  "OpenSeadragon 4.1.1": () => loadOpenSeadragon("openseadragon-4"),
  "OpenSeadragon 5.0.1": () => loadOpenSeadragon("openseadragon-5"),
  "OpenSeadragon 6.1.1": () => loadOpenSeadragon("openseadragon"),
  "Leaflet-IIIF 3.0.0": loadLeafletIiif,
};

/**
 * Lets tests that run in workerd ask the viewers, which are loaded in Node, what they would request. Each is loaded when
 * it is first asked.
 */
export default async function serveViewers(project: TestProject): Promise<() => void> {
  const loaded = new Map<string, Viewer>();
  const server = createServer(async (request, response) => {
    try {
      const { viewer: name, info, url } = (await json(request)) as ViewerQuestion;
      const viewer = loaded.get(name) ?? load(name);
      loaded.set(name, viewer);
      response.end(JSON.stringify(await viewer.listLevels(info, url)));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("viewers", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => {
    server.close();
  };
}

function load(name: string): Viewer {
  const viewer = loaders[name]?.();
  if (viewer?.name !== name) throw new Error(`${name} is ${viewer?.name ?? "no viewer"}`);
  return viewer;
}
