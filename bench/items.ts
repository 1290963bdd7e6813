// Measures how many images a minute are worked on on one's own machine, 1, 2, 4 and 8 at once: by a task of the Worker of jobs, as
// `npm start` runs it, by `tessera ingest`, and by as many `vips dzsave` of one thread each (libvips-tools), which writes files of
// level 0. Run: npx -c "node bench/items.ts [COUNT [ROUNDS]]". The images are JPEG files of 6 megapixels cut from photographs of
// $TESSERA_CORPUS/gallery, 24 unless stated. All take turns, 3 rounds unless stated. Prints medians for bench/README.md.
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
import { endedCpuMilliseconds, isInstalled, usageOf } from "./processes.ts";
import { formatTable, quantile } from "./statistics.ts";

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

async function byTask(images: string, count: number, itemsAtOnce: number): Promise<Taken> {
  const stateFolder = await mkdtemp(join(tmpdir(), "tessera-items-"));
  const buckets = localBuckets({ configFile, stateFolder });
  for (let at = 0; at < count; at += 1) {
    const bytes = await readFile(join(images, `${at}.jpg`));
    await buckets.masters.put(`in/${at}`, checkedBytes(bytes), { contentType: "image/jpeg", metadata: {} });
  }
  await buckets.close();
  const server = await startServer({ port: await freePort(8950), stateFolder, itemsAtOnce });
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

/** Runs a process to its end. */
async function run(command: string, args: readonly string[], variables = {}): Promise<void> {
  const env = { ...process.env, ...variables };
  const child = spawn(command, args, { cwd: projectFolder, stdio: "ignore", env });
  const status = await new Promise((resolve) => child.once("close", resolve));
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}.`);
}

/** Runs what starts processes, and returns what all of them took. */
async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const [began, before] = [Date.now(), endedCpuMilliseconds()];
  await work();
  return { seconds: (Date.now() - began) / 1000, cpuSeconds: (endedCpuMilliseconds() - before) / 1000 };
}

async function byIngest(images: string, jobs: number): Promise<Taken> {
  const stateFolder = await mkdtemp(join(tmpdir(), "tessera-items-"));
  try {
    const args = ["ingest", images, "--to", "local", "--state", stateFolder, "--jobs", String(jobs)];
    return await timed(() => run(process.execPath, [join(projectFolder, "src/cli/tessera.mjs"), ...args]));
  } finally {
    await rm(stateFolder, { recursive: true, force: true });
  }
}

async function byDzsave(images: string, count: number, processes: number): Promise<Taken> {
  const folder = await mkdtemp(join(tmpdir(), "tessera-items-"));
  try {
    const waiting = Array.from({ length: count }, (_, at) => at).values();
    const work = async (): Promise<void> => {
      for (const at of waiting) {
        const tiles = ["--layout", "iiif3", "--tile-size", "512", "--suffix", ".jpg[Q=89]"];
        const args = ["dzsave", join(images, `${at}.jpg`), join(folder, String(at)), ...tiles];
        await run("vips", args, { VIPS_CONCURRENCY: "1" });
      }
    };
    return await timed(() => Promise.all(Array.from({ length: processes }, work)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const count = Number(process.argv[2] ?? 24);
const rounds = Number(process.argv[3] ?? 3);
if (!isInstalled("vips")) throw new Error("Install libvips-tools: it has the command vips.");
const folder = await mkdtemp(join(tmpdir(), "tessera-images-"));
try {
  await makeImages(folder, count);
  const several = [1, 2, 4, 8];
  const cases = [
    ...several.map((atOnce) => ({
      name: `a task, ITEMS_AT_ONCE ${atOnce}`,
      take: () => byTask(folder, count, atOnce),
    })),
    ...several.map((jobs) => ({ name: `tessera ingest --jobs ${jobs}`, take: () => byIngest(folder, jobs) })),
    ...several.map((processes) => ({
      name: `vips dzsave, ${processes} at once`,
      take: () => byDzsave(folder, count, processes),
    })),
  ].map((one) => ({ ...one, taken: [] as Taken[] }));
  for (let round = 0; round < rounds; round += 1) for (const { take, taken } of cases) taken.push(await take());
  const rows = cases.map(({ name, taken }) => {
    const minutely = taken.map(({ seconds }) => (60 * count) / seconds);
    const range = `${Math.min(...minutely).toFixed(0)} to ${Math.max(...minutely).toFixed(0)}`;
    const cpu =
      quantile(
        taken.map(({ cpuSeconds }) => cpuSeconds),
        0.5,
      ) / count;
    return [name, quantile(minutely, 0.5).toFixed(0), range, cpu.toFixed(2)];
  });
  console.log(formatTable([["", "images a minute", "of all rounds", "CPU seconds an image"], ...rows]));
} finally {
  await rm(folder, { recursive: true, force: true });
}
