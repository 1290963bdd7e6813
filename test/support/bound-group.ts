/** Binds a group of two processes to its own life, tells the group's number, and says when the group ended. */
import { spawn } from "node:child_process";
import { bindGroup } from "../../src/node/process-group.ts";

const leader = spawn("sh", ["-c", "sleep 600 & exec sleep 600"], { detached: true, stdio: "ignore" });
const group = bindGroup(leader, Number(process.argv[2]));
process.send?.({ group: leader.pid });
process.once("message", () => void group.end(() => leader.kill("SIGTERM")));
await group.ended;
process.disconnect();
