// Lets visitors of every kind loose on the built Worker for some minutes, on a platform that is as slow and unkind as the
// real one: first a crowd on 1,000 connections, then a mixture of abuse. Ends with status 1 where anything stays lent,
// anybody stays in line, an answer is none of 200, 400, 404 and 503, or memory has not come back to its plateau.
// Run: npm run soak [-- MINUTES]. Linux only, for it reads the memory of workerd from /proc.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorker, startPlatform } from "../support/platform/platform.ts";
import { memoryOf, workerdPid } from "../support/platform/process-memory.ts";
import { hangPainting, painting, stateOf, untilQuiet, urlOf } from "../support/platform/traffic.ts";
import { visit } from "../support/platform/visitors.ts";
import { abuse } from "./abuse.ts";
import { crowd } from "./crowd.ts";

const minutes = Number(process.argv[2] ?? 10);
const bundle = process.env.BUNDLE ?? mkdtempSync(join(tmpdir(), "tessera-soak-"));
const faults: string[] = [];

/** What memory may grow by from the end of the first fifth to the end of the run: the rest is rubbish not yet collected. */
const plateauFactor = 1.35;

if (process.env.BUNDLE === undefined) bundleWorker(bundle);
const platform = await startPlatform({ bundle });
try {
  await hangPainting(platform);
  const pid = workerdPid();
  console.log(await crowd(platform));
  const samples: number[] = [];
  const begun = performance.now();
  const end = begun + minutes * 60_000;
  while (performance.now() < end) {
    const counts = await abuse(platform, Math.min(end, performance.now() + Math.min(30_000, minutes * 12_000)));
    samples.push(memoryOf(pid));
    const { memory, streams } = await stateOf(platform);
    const megabytes = (samples.at(-1)! / 1e6).toFixed(0);
    const passed = ((performance.now() - begun) / 1000).toFixed(0);
    console.log(
      `${passed} s: ${megabytes} MB, ${JSON.stringify(counts)}, ${JSON.stringify({ ...memory, ...streams })}`,
    );
    const odd = Object.keys(counts).filter((kind) => /^\d/.test(kind) && !/^(?:200|400|404|503)/.test(kind));
    if (odd.length > 0) faults.push(`answers of ${odd.join(", ")}`);
  }
  platform.behaviour.fate = () => "served";
  await untilQuiet(platform);
  const { memory } = await stateOf(platform);
  if (memory.lentBytes !== 0 || memory.waiting !== 0) faults.push(`still lent or waiting: ${JSON.stringify(memory)}`);
  const after = await visit(urlOf(platform, "full/90,/0/default.jpg"));
  if (after.status !== 200) faults.push(`a thumbnail of ${painting} is answered ${after.status}`);
  const plateau = samples[Math.floor(samples.length / 5)] ?? 0;
  const last = memoryOf(pid);
  console.log(`memory: ${(plateau / 1e6).toFixed(0)} MB after a fifth, ${(last / 1e6).toFixed(0)} MB at the end`);
  if (last > plateau * plateauFactor) faults.push("memory has not come back to its plateau");
} finally {
  await platform.stop();
  if (process.env.BUNDLE === undefined) rmSync(bundle, { recursive: true, force: true });
}
console.log(faults.length === 0 ? "nothing stayed behind" : faults.join("\n"));
process.exitCode = faults.length === 0 ? 0 : 1;
