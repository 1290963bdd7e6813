import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Context, createContext, runInContext } from "node:vm";

const require = createRequire(import.meta.url);

/**
 * Loads scripts of npm packages that were written for a page, in the order of their names, and returns the globals they leave.
 * The page has a document of which nothing is drawn: enough to ask for the requests that a viewer would send.
 */
export function loadPage(files: readonly string[], globals: Readonly<Record<string, unknown>> = {}): Context {
  const page = createContext({
    document: {
      createElement: () => newElement(),
      documentElement: newElement(),
      body: newElement(),
      getElementsByTagName: () => [],
      readyState: "complete",
      ...listeners,
    },
    navigator: { userAgent: "", appName: "", appVersion: "", platform: "" },
    location: { search: "", protocol: "http:", href: "http://localhost/" },
    devicePixelRatio: 1,
    console: silentConsole,
    setTimeout,
    clearTimeout,
    requestAnimationFrame: nothing,
    cancelAnimationFrame: nothing,
    ...listeners,
    ...globals,
  });
  Object.assign(page, { window: page, self: page });
  for (const file of files) {
    const path = require.resolve(file);
    runInContext(readFileSync(path, "utf8"), page, { filename: path });
  }
  return page;
}

function nothing(): undefined {
  return undefined;
}

const listeners = { addEventListener: nothing, removeEventListener: nothing } as const;

/** Viewers tell what their machine lacks. */
const silentConsole = { log: nothing, info: nothing, warn: nothing, error: console.error, assert: nothing } as const;

function newElement(): object {
  return { style: {}, getContext: () => null, appendChild: nothing, setAttribute: nothing, ...listeners };
}
