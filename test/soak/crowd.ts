import { runLoad } from "../../bench/load.ts";
import type { Platform } from "../support/platform/platform.ts";
import { painting } from "../support/platform/traffic.ts";

/** The mixture of the Getty's load test: of 25 requests 10 for tiles, 4 for 1,024 px, 10 for 128 px, 1 for 4,096. */
const shares = { tile: 10, middle: 4, thumbnail: 10, large: 1 } as const;

const connections = 1000;
const seconds = 20;
const latencyMilliseconds = 40;

/** Asks for the mixture on 1,000 connections at once and returns what became of the requests, in one line. */
export async function crowd(platform: Platform): Promise<string> {
  platform.behaviour.latency = () => latencyMilliseconds;
  const result = await runLoad({
    port: Number(new URL(platform.url).port),
    paths: mixture(),
    connections,
    seconds,
    most: Number.POSITIVE_INFINITY,
  });
  platform.behaviour.latency = () => 0;
  const perSecond = result.latencies.length / result.seconds;
  const failures = JSON.stringify(result.failures);
  return `${connections} connections: ${result.latencies.length} answered, ${perSecond.toFixed(0)} a second, failures ${failures}`;
}

/** Different regions, so that no cache has them. */
function mixture(): string[] {
  const base = `/iiif/3/${painting}`;
  const paths = {
    tile: (index: number) => `${(index % 19) * 256},${(Math.floor(index / 19) % 15) * 256},256,256/256,256`,
    middle: (index: number) => `${index % 300},0,4600,3800/1024,`,
    thumbnail: (index: number) => `${index % 300},1,4600,3800/128,`,
    large: (index: number) => `${index % 300},2,4600,3800/4096,`,
  } as const;
  const kinds = Object.entries(shares).flatMap(([kind, count]) =>
    Array<keyof typeof shares>(count).fill(kind as never),
  );
  return Array.from({ length: 5000 }, (_, index) => {
    const kind = kinds[(index * 7) % kinds.length] ?? "tile";
    return `${base}/${paths[kind](index)}/0/default.jpg`;
  });
}
