// Measures how many images a minute are made masters of on one's own machine: by a task of the Worker of jobs, as `npm start`
// runs it, and by `tessera ingest` with 1, 2, 4 and 8 jobs. Run: npx -c "node bench/items.ts [COUNT]". The images are JPEG
// files of 6 megapixels cut from photographs of $TESSERA_CORPUS/gallery, 24 unless stated. Prints a table for
// bench/README.md.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import sharp from "sharp";
import { projectFolder } from "../demo/masters.ts";
import { freePort, startServer } from "../demo/server.ts";
import { localBuckets } from "../src/bucket/local-buckets.ts";
import { checkedBytes } from "../src/bucket/upload.ts";
import type { TaskStatus } from "../src/task/answers.ts";
import { usageOf } from "./processes.ts";
import { formatTable } from "./statistics.ts";

const width = 3000;
const height = 2000;
const configFile = join(projectFolder, "wrangler.toml");

/** Cuts photographs into files, no two the same. */
async function makeImages(folder: string, count: number): Promise<void> {
  const { TESSERA_CORPUS: corpus } = process.env;
  if (corpus === undefined) throw new Error("Set TESSERA_CORPUS: its folder gallery has photographs.");
  const gallery = join(corpus, "gallery");
  const names = (await readdir(gallery)).filter((name) => /^(?:art|photo).*\.(?:jpe?g|tiff?)$/i.test(name)).sort();
  await mkdir(folder, { recursive: true });
  for (let at = 0; at < count; at += 1) {
    const source = sharp(join(gallery, names[at % names.length] ?? ""));
    const { width: across, height: down } = await source.metadata();
    const left = Math.floor(((at * 0.382) % 1) * Math.max(0, across - width));
    const top = Math.floor(((at * 0.618) % 1) * Math.max(0, down - height));
    const part = { left, top, width: Math.min(width, across), height: Math.min(height, down) };
    await source
      .extract(part)
      .resize(width, height, { fit: "fill" })
      .jpeg({ quality: 92 })
      .toFile(join(folder, `${at}.jpg`));
  }
}

/** Seconds by the clock and of the processor. */
interface Taken {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function byTask(images: string, count: number): Promise<Taken> {
  const stateFolder = await mkdtemp(join(tmpdir(), "tessera-items-"));
  const buckets = localBuckets({ configFile, stateFolder });
  for (let at = 0; at < count; at += 1) {
    const bytes = await readFile(join(images, `${at}.jpg`));
    await buckets.masters.put(`in/${at}`, checkedBytes(bytes), { contentType: "image/jpeg", metadata: {} });
  }
  await buckets.close();
  const server = await startServer({ port: await freePort(8950), stateFolder });
  try {
    const ask = async (tail: string, init: RequestInit = {}): Promise<TaskStatus> => {
      const headers = { Authorization: `Bearer ${server.adminSecret}`, "Content-Type": "application/json" };
      const answer = await fetch(`${server.url}/admin/tasks${tail}`, { ...init, headers });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
      return (await answer.json()) as TaskStatus;
    };
    const before = usageOf(process.pid).cpuMilliseconds;
    const began = Date.now();
    const { id } = await ask("", {
      method: "POST",
      body: JSON.stringify({ kind: "convert", from: { prefix: "in/" } }),
    });
    for (;;) {
      await wait(100);
      const { counts, total } = await ask(`/${id}`);
      if (counts.failed + counts.refused > 0) throw new Error("Some were not converted.");
      if (total > 0 && counts.done === total) break;
    }
    const cpuSeconds = (usageOf(process.pid).cpuMilliseconds - before) / 1000;
    return { seconds: (Date.now() - began) / 1000, cpuSeconds };
  } finally {
    await server.stop();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

async function byIngest(images: string, jobs: number): Promise<Taken> {
  const stateFolder = await mkdtemp(join(tmpdir(), "tessera-items-"));
  try {
    const args = ["ingest", images, "--to", "local", "--state", stateFolder, "--jobs", String(jobs)];
    const began = Date.now();
    const child = spawn(process.execPath, [join(projectFolder, "src/cli/tessera.mjs"), ...args], {
      cwd: projectFolder,
      stdio: "ignore",
    });
    let cpuMilliseconds = 0;
    const watch = setInterval(() => {
      cpuMilliseconds = Math.max(cpuMilliseconds, usageOf(child.pid ?? 0).cpuMilliseconds);
    }, 100);
    const status = await new Promise((resolve) => child.once("close", resolve));
    clearInterval(watch);
    if (status !== 0) throw new Error(`tessera ingest ended with ${String(status)}.`);
    return { seconds: (Date.now() - began) / 1000, cpuSeconds: cpuMilliseconds / 1000 };
  } finally {
    await rm(stateFolder, { recursive: true, force: true });
  }
}

const count = Number(process.argv[2] ?? 24);
const folder = await mkdtemp(join(tmpdir(), "tessera-images-"));
try {
  await makeImages(folder, count);
  const rowOf = (name: string, { seconds, cpuSeconds }: Taken): string[] => [
    name,
    ((60 * count) / seconds).toFixed(0),
    (cpuSeconds / count).toFixed(2),
  ];
  const rows = [rowOf("a task", await byTask(folder, count))];
  for (const jobs of [1, 2, 4, 8]) rows.push(rowOf(`tessera ingest --jobs ${jobs}`, await byIngest(folder, jobs)));
  console.log(formatTable([["", "images a minute", "CPU seconds an image"], ...rows]));
} finally {
  await rm(folder, { recursive: true, force: true });
}
