import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import sharp from "sharp";
import { type Peer, pidOf, untilAnswering } from "./workerd.ts";

const root = resolve(import.meta.dirname, "..");

/** Starts iiif-processor behind Node's http, pinned to one core, without a cache. Throws when that fails. */
export async function startIiifProcessor(port: number, core: number, quality: number): Promise<Peer> {
  const service = resolve(import.meta.dirname, "iiif-processor-service.ts");
  const command = ["-c", String(core), process.execPath, service, String(port), String(quality)];
  const server = spawn("taskset", command, { stdio: "ignore" });
  await untilAnswering(port, server);
  const { version } = JSON.parse(readFileSync(`${root}/node_modules/iiif-processor/package.json`, "utf8")) as {
    readonly version: string;
  };
  return {
    name: "iiif-processor",
    program: `iiif-processor ${version}, sharp ${sharp.versions.sharp}, Node ${process.versions.node}`,
    port,
    pids: [pidOf(server)],
    pathOf: (source, request) => `/iiif/3/${source.name}/${request}`,
    stop: () => server.kill(),
  };
}
