import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { findCase } from "./cases.ts";
import { cropPixels, decodeMaster, decodePixels, measurePsnr, type Pixels, referenceOf } from "./reference.ts";
import { benchFolder, findSource, type Source, sources } from "./sources.ts";
import type { Peer } from "./workerd.ts";

const folder = `${benchFolder}/answers`;

/** Keeps one answer of each peer, to be compared when nothing is measured any more. Throws when a server is gone. */
export async function keepAnswers(peers: readonly Peer[], source: Source, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const peer of peers) {
    const path = peer.pathOf(source, findCase(name).path(source, 0)!);
    const response = await fetch(`http://127.0.0.1:${peer.port}${path}`);
    if (response.ok) writeFileSync(answerPath(peer.name, source.name, name), await response.bytes());
  }
}

/**
 * Returns the results with the PSNR of the answer kept for each against the Lanczos3 reference, in dB; without it for
 * the largest master, and where no answer was kept. Throws when a picture can't be decoded.
 */
export async function measureAnswers<
  Result extends { readonly peer: string; readonly source: string; readonly case: string },
>(results: readonly Result[]): Promise<(Result & { readonly psnr?: number })[]> {
  const measured: (Result & { readonly psnr?: number })[] = [];
  let opened: { readonly source: Source; readonly master: Promise<Pixels> } | undefined;
  for (const result of results) {
    const source = findSource(result.source);
    const answer = answerPath(result.peer, result.source, result.case);
    if (source === sources.at(-1) || !existsSync(answer)) {
      measured.push(result);
      continue;
    }
    if (opened?.source !== source) opened = { source, master: decodeMaster(source) };
    const wanted = await wantedPixels(source, result.case, opened.master);
    const decoded = await decodePixels(sharp(answer, { limitInputPixels: false }));
    measured.push({ ...result, psnr: Math.min(999, measurePsnr(decoded, wanted)) });
  }
  return measured;
}

async function wantedPixels(source: Source, name: string, master: Promise<Pixels>): Promise<Pixels> {
  const [region = "", size = ""] = findCase(name).path(source, 0)!.split("/");
  const [width = 0, height = 0] = size.split(",").map(Number);
  const [x = 0, y = 0] = region.split(",").map(Number);
  if (region === "full") return referenceOf(source, { width, height }, () => master);
  return cropPixels(await master, { x, y, width, height });
}

function answerPath(peer: string, source: string, name: string): string {
  return `${folder}/${source}-${name}-${peer}.jpg`;
}
