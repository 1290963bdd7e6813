/** What a task can do with each of its images. */
export const taskKinds = ["check", "verify", "warm", "convert", "repack", "export", "manifest"] as const;

/** The name of what a task does. */
export type TaskKind = (typeof taskKinds)[number];

/** What this version does in a task: the others are done by a command that the fault names. */
export const runnableKinds = ["check", "verify", "warm"] as const;

/** The name of what a task of this version does. */
export type RunnableKind = (typeof runnableKinds)[number];

/** The command that does what no task of this version does. */
export const commandsOfKinds: Readonly<Record<Exclude<TaskKind, RunnableKind>, string>> = {
  convert: "tessera ingest",
  repack: "tessera ingest --force",
  export: "tessera export",
  manifest: "tessera manifest",
};

/** How masters are looked at: `decode` also draws a tile of each level. */
export interface CheckSettings {
  readonly decode?: boolean;
}

/** How masters are verified: by their sums and records, and with `decode` each of their tiles. */
export interface VerifySettings {
  readonly decode?: boolean;
}

/** Which pictures are asked for of each image. */
export interface WarmSettings {
  /** Sizes of the whole image as the Image API 3.0 writes them, 1 to 20; absent for the thumbnail of manifests and the sizes of info.json. */
  readonly sizes?: readonly string[];
  /** Absent for `jpg` alone. */
  readonly formats?: readonly string[];
}

/** The settings of each kind; all of them may be left out. */
export interface SettingsOfKinds {
  readonly check: CheckSettings;
  readonly verify: VerifySettings;
  readonly warm: WarmSettings;
}
