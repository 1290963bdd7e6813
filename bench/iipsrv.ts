import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { isInstalled } from "./processes.ts";
import { benchFolder, sources, sourcesFolder } from "./sources.ts";
import { type Peer, pidOf, untilAnswering } from "./workerd.ts";

const binary = process.env.IIPSRV ?? "/usr/lib/iipimage-server/iipsrv.fcgi";

/** Names what iipsrv needs and this machine lacks: the binary that IIPSRV names or Debian's, spawn-fcgi and nginx. */
export function missingForIipsrv(): readonly string[] {
  const packages = {
    [process.env.IIPSRV ?? "iipimage-server"]: binary,
    "spawn-fcgi": "spawn-fcgi",
    nginx: "/usr/sbin/nginx",
  };
  return Object.entries(packages).flatMap(([name, path]) => (isInstalled(path) ? [] : [name]));
}

/** How iipsrv runs. */
export interface IipsrvChoice {
  readonly name: string;
  readonly port: number;
  readonly core: number;
  /** Of JPEG. */
  readonly quality: number;
  /** Of how many masters it keeps what it has read of their directories: its own default is 1,000. */
  readonly keptMasters: number;
}

/**
 * Starts one process of iipsrv without its cache of tiles and nginx before it, which translates HTTP to the FastCGI that
 * it speaks, both pinned to one core. Throws when that fails.
 */
export async function startIipsrv({ name, port, core, quality, keptMasters }: IipsrvChoice): Promise<Peer> {
  const folder = `${benchFolder}/iipsrv-${port}`;
  mkdirSync(folder, { recursive: true });
  const socket = `${folder}/socket`;
  if (existsSync(socket)) rmSync(socket);
  const pin = ["-c", String(core)];
  const settings = {
    FILESYSTEM_PREFIX: `${sourcesFolder}/`,
    JPEG_QUALITY: quality,
    MAX_IMAGE_CACHE_SIZE: 0,
    MAX_METADATA_CACHE_SIZE: keptMasters,
    MAX_CVT: 100_000,
    OMP_NUM_THREADS: 1,
    VERBOSITY: 0,
    LOGFILE: "/dev/null",
  };
  const environment = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  const command = ["spawn-fcgi", "-n", "-s", socket, "-M", "0777", "-b", "2048", "--", binary];
  const service = spawn("taskset", [...pin, "env", ...environment, ...command], { stdio: "ignore" });
  writeFileSync(`${folder}/nginx.conf`, formatNginx({ folder, port, socket }));
  const front = spawn("taskset", [...pin, "/usr/sbin/nginx", "-p", folder, "-c", `${folder}/nginx.conf`], {
    stdio: "ignore",
  });
  const stop = (): void => {
    front.kill();
    service.kill();
  };
  try {
    await untilAnswering(port, front);
    return {
      name,
      program: await readVersion(port),
      port,
      pids: [pidOf(service), pidOf(front)],
      pathOf: (source, request) => `/iiif/${source.name}.tif/${request}`,
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}

/** What calls itself iipsrv says in the header Server of every answer which version it is. */
async function readVersion(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/iiif/${sources[0]!.name}.tif/full/64,/0/default.jpg`);
  const server = response.headers.get("Server");
  if (!server?.startsWith("iipsrv/")) throw new Error(`iipsrv answers ${response.status}, its server ${server}`);
  return server.replace("/", " ");
}

function formatNginx({
  folder,
  port,
  socket,
}: Readonly<Record<"folder" | "socket", string> & { port: number }>): string {
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log /dev/null;
worker_rlimit_nofile 8192;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}/body;
  fastcgi_temp_path ${folder}/fastcgi;
  proxy_temp_path ${folder}/proxy;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=2048;
    location = /health { return 200; }
    location ~ ^/iiif/(.*)$ {
      fastcgi_pass unix:${socket};
      fastcgi_pass_header Server;
      fastcgi_param QUERY_STRING IIIF=$1;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param HTTP_HOST $http_host;
      fastcgi_param SERVER_PROTOCOL $server_protocol;
      fastcgi_buffer_size 64k;
      fastcgi_buffers 64 64k;
      fastcgi_max_temp_file_size 0;
      fastcgi_read_timeout 120s;
    }
  }
}
`;
}
