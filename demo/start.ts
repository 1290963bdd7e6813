import { parseArgs } from "node:util";
import { noteServer } from "../src/node/server-address.ts";
import { defaultStateFolder, seed } from "./seed.ts";
import { type DemoServer, freePort, isFree, startServer } from "./server.ts";
import { formatServerLine } from "./server-log.ts";

const defaultPort = 8787;

/** The port that PORT asks for, or the next free one from 8787 on. Throws when the one asked for can't be had. */
async function choosePort(asked: string | undefined): Promise<number> {
  if (asked === undefined || asked === "") {
    const port = await freePort(defaultPort);
    if (port !== defaultPort) console.log(`Port ${defaultPort} is taken; using ${port}. Set PORT to choose another.`);
    return port;
  }
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`PORT is "${asked}", which is not a port.`);
  if (!(await isFree(port))) throw new Error(`Port ${port} is taken. Set PORT to another, or unset it.`);
  return port;
}

/** How often INBOX is looked through, in milliseconds: here nothing tells of what is put there, and no cron runs. */
const sweepMilliseconds = 10_000;

/** Has the Worker of jobs do, as long as the server runs, what the platform's cron has it do. Returns what ends that. */
function sweepTasks({ url, adminSecret }: DemoServer): () => void {
  const sweep = async (): Promise<void> => {
    try {
      const headers = { Authorization: `Bearer ${adminSecret}` };
      const answer = await fetch(`${url}/admin/tasks/sweep`, { method: "POST", headers });
      await answer.body?.cancel();
    } catch {
      // The server is being built anew, or stopped: the next time tells.
    }
  };
  const timer = setInterval(sweep, sweepMilliseconds);
  return () => clearInterval(timer);
}

/** Reads the arguments. Throws when there are others than --quiet. */
function readArguments(): { readonly quiet: boolean } {
  try {
    return { quiet: false, ...parseArgs({ options: { quiet: { type: "boolean" } } }).values };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\nUsage: npm start -- [--quiet]`);
  }
}

async function start(): Promise<void> {
  const { quiet } = readArguments();
  const interruption = abortOnSignals();
  const { PORT: asked } = process.env;
  if (asked) await choosePort(asked);
  console.log("Looking after three paintings and an atlas: the first time, they are stored and indexed…");
  if ((await seed({ signal: interruption })) === "stored") console.log("Stored, and indexed for the search.");
  // Storing takes a while, and nobody keeps a port meanwhile.
  const port = await choosePort(asked);
  const show = (line: string) => {
    const shown = formatServerLine(line);
    if (shown !== undefined) console.log(shown);
  };
  const variables = { LOG_SAMPLE: "1" };
  const options = { port, stateFolder: defaultStateFolder, signal: interruption, variables };
  const server = await startServer(quiet ? options : { ...options, onLine: show });
  // The ingest tells where its images are shown.
  const forgetServer = noteServer(defaultStateFolder, server);
  const endSweeping = sweepTasks(server);
  const image = `${server.url}/iiif/3/caillebotte-paris-street`;
  console.log(`
Front page  ${server.url}/
An object   ${server.url}/objects/blue-marble
Manifest    ${server.url}/presentation/3/blue-marble/manifest
A search    ${server.url}/search?q=sahara
Image info  ${image}/info.json
Administer  ${server.url}/admin/ with the secret ${server.adminSecret}
A picture   curl -o detail.jpg "${image}/1800,1300,1200,1200/600,/0/default.jpg"

Press Ctrl-C to stop.`);
  const interrupted = new Promise<undefined>((resolve) => {
    if (interruption.aborted) resolve(undefined);
    else interruption.addEventListener("abort", () => resolve(undefined));
  });
  const output = await Promise.race([server.ended, interrupted]);
  endSweeping();
  forgetServer();
  await server.stop();
  if (output !== undefined) throw new Error(`wrangler dev ended.\n${output}`);
}

/**
 * Returns a signal that Ctrl-C aborts, or the end of the npm that runs this: ended by a signal it takes its shell along
 * but not what the shell runs. Aborting again changes nothing: the server is being ended already.
 */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(new Error("Stopped before the server had started."));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, abort);
  const parent = process.ppid;
  const watch = () => process.ppid !== parent && abort();
  setInterval(watch, 1000).unref();
  return controller.signal;
}

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
