/** Starts the server of the demonstration, tells its port and the group of its processes, and ends when it ends. */
import { startServer } from "../../demo/server.ts";
import { runningProcesses } from "./processes.ts";
import { testPort } from "./test-port.ts";

const [stateFolder = ""] = process.argv.slice(2);
const port = await testPort();
const server = await startServer({ port, stateFolder });
const group = runningProcesses().find(
  ({ parent, command }) => parent === process.pid && command.includes("wrangler"),
)?.id;
process.send?.({ port, group });
await server.ended;
process.exit(7);
