import { inject } from "vitest";
import type { PlacedLevel } from "./viewer.ts";
import type { ViewerQuestion } from "./viewer-server.ts";

/** The viewers, in the versions that are installed. */
export const viewerNames = [
  "OpenSeadragon 2.4.2",
  "OpenSeadragon 3.1.0",
  "OpenSeadragon 4.1.1",
  "OpenSeadragon 5.0.1",
  "OpenSeadragon 6.1.1",
  "Leaflet-IIIF 3.0.0",
] as const;

/** Asks a viewer's own code for all that it would request of an image. Throws an Error with what the viewer throws. */
export async function askViewer(question: ViewerQuestion): Promise<readonly PlacedLevel[]> {
  const response = await fetch(inject("viewers"), { method: "POST", body: JSON.stringify(question) });
  if (!response.ok) throw new Error(`${question.viewer}: ${await response.text()}`);
  return response.json();
}
