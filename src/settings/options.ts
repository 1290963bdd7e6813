import { shardKind } from "./shard.ts";
import { choice, flag, integer, list, numberChoice, type OptionTable, text, type ValuesOf } from "./values.ts";

/** The characters that a prefix and a template's own text may have: those that need no escape in a URI, and letters. */
const plainText = /^[\p{L}\p{N}\p{M}._~:/-]+$/u;

/** How pixels are written: on the command line for all files, in the configuration for all or by pattern. */
export const conversionOptions = {
  compression: {
    kind: choice("jpeg", "webp", "deflate"),
    help: "compression of the tiles; deflate is lossless (jpeg)",
  },
  quality: { kind: integer({ least: 1, most: 100 }), help: "quality of jpeg and webp tiles, 1 to 100 (89)" },
  tile: { kind: numberChoice(256, 512), help: "side of a tile in pixels (512)" },
  subsampling: {
    kind: choice("4:2:0", "4:4:4"),
    help: "chroma of jpeg tiles, halved or full (4:2:0; from quality 90 4:4:4)",
  },
  keepProfile: { kind: flag, help: "keep the embedded profile and its colours instead of converting to sRGB" },
  keepDepth: { kind: flag, help: "keep 16 bits per sample; needs --compression deflate" },
  repack: { kind: flag, help: "keep the tiles of pyramids as they are and only rearrange the file" },
} as const satisfies OptionTable;

/** Which buckets are meant: on the command line or in the configuration. */
export const bucketOptions = {
  to: {
    kind: choice("local", "remote"),
    help: "the buckets of npm start on this machine, or R2 or another S3 storage",
  },
  state: { kind: text("FOLDER"), help: "of the local buckets, as wrangler dev --persist-to takes it" },
  bucket: { kind: text("NAME"), help: "remote bucket of the masters (bucket_name of MASTERS in wrangler.toml)" },
  catalogueBucket: {
    kind: text("NAME"),
    help: "remote bucket of the records (bucket_name of CATALOGUE in wrangler.toml)",
  },
  account: { kind: text("ID", /^[\da-f]{32}$/, "32 hexadecimal digits"), help: "Cloudflare account of the buckets" },
  endpoint: {
    kind: text("URL", /^https?:\/\/[^\s?#]+$/, "an http or https URL"),
    help: "S3 endpoint without the bucket, in place of --account",
  },
  region: { kind: text("NAME", /^[\w-]+$/, "a region's name"), help: "S3 region (auto)" },
} as const satisfies OptionTable;

/** The bucket of derivatives, for commands that look after what is stored. */
export const derivativesOption = {
  derivativesBucket: {
    kind: text("NAME"),
    help: "remote bucket of derivatives (bucket_name of DERIVATIVES in wrangler.toml)",
  },
} as const satisfies OptionTable;

/** What objects are made of besides images: on the command line or in the configuration. */
export const tableOptions = {
  records: { kind: text("FILE.csv"), help: "table of images and pages: a column identifier or file, any others" },
  objects: { kind: text("FILE.csv"), help: "table of objects: a column object, any others" },
  collections: { kind: text("FILE.csv"), help: "table of collections: a column collection, any others" },
  language: {
    kind: text("TAG", /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, "a language tag such as en or zh-Hant"),
    help: "of texts in columns that name none, as label@en does (none)",
  },
  separator: {
    kind: text("TEXT", /^[^\s\\]{1,3}$/, "one to three characters"),
    help: "of several values in a cell (|)",
  },
  pageLabels: {
    kind: choice("number", "folio", "filename"),
    help: "labels of pages that no table labels (number)",
  },
} as const satisfies OptionTable;

/** Where things come from and go to: on the command line or in the configuration. */
export const placeOptions = {
  ...bucketOptions,
  identifier: {
    kind: text("TEMPLATE"),
    help: "[{collection}/][{prefix}]{path}[-{page}]; also {folder} {name} {extension}",
  },
  collection: { kind: text("NAME", plainText, "letters, digits and . _ ~ : / -"), help: "value of {collection}" },
  prefix: { kind: text("TEXT", plainText, "letters, digits and . _ ~ : / -"), help: "value of {prefix}" },
  keyTemplate: {
    kind: text("TEMPLATE", /\{identifier\}/, "a key that contains {identifier}"),
    help: "key in the bucket (KEY_TEMPLATE of wrangler.toml)",
  },
  ...tableOptions,
  pages: { kind: choice("first", "all"), help: "of files with several pages (first)" },
  jobs: { kind: integer({ least: 1, most: 64 }), help: "files worked on at once (the cores, at most 8)" },
} as const satisfies OptionTable;

/** The address of a remote service. */
export const serviceOption = {
  kind: text("URL", /^https?:\/\/[^\s?#]+[^\s?#/]$/, "an http or https URL without a slash at its end"),
  help: "address of the remote service (BASE_URL of wrangler.toml)",
} as const;

/** Options of one run of `ingest`, which a configuration can't set. */
export const runOptions = {
  as: {
    kind: text("KEY", /^[^\s/.][^\s]*$/, "a key without spaces"),
    help: "makes one object of all images; book: by the name of the folder",
  },
  newCanvas: { kind: flag, help: "let pages take the size of images whose proportions have changed" },
  noObjects: { kind: flag, help: "store images alone: no objects, no collections" },
  shard: {
    kind: shardKind,
    help: "part I of N, from 1; auto: as the batch engine says; last: after all parts",
  },
  sourceRegion: { kind: bucketOptions.region.kind, help: "AWS region of s3:// sources (AWS_REGION)" },
  sourceEndpoint: { kind: bucketOptions.endpoint.kind, help: "S3 endpoint of s3:// sources, in place of AWS" },
  config: { kind: text("FILE"), help: "JSON, or a program in .ts (tessera.config.json of the working folder)" },
  service: serviceOption,
  dryRun: { kind: flag, help: "look at the files and report what would be done" },
  force: { kind: flag, help: "convert and store again what is already there" },
  verbose: { kind: flag, help: "one line per file with the time of each stage" },
  json: { kind: flag, help: "report as JSON on standard output" },
  report: { kind: text("FILE"), help: "report as JSON to a file" },
} as const satisfies OptionTable;

/** What `manifest` takes: what says how objects are made, and what is to be told of them. */
export const manifestOptions = {
  check: { kind: flag, help: "say all that ingest would say of the objects of a folder, and write nothing" },
  show: { kind: text("OBJECT"), help: "print the manifest of an object of the bucket" },
  api: { kind: choice("2", "3"), help: "version of the Presentation API that --show prints (3)" },
  base: {
    kind: text("URL", /^https?:\/\/[^\s?#]+[^\s?#/]$/, "an http or https URL without a slash at its end"),
    help: "address of the service in what --show prints (http://127.0.0.1:8787)",
  },
  template: { kind: flag, help: "write objects.csv and records.csv from what is in the bucket" },
  out: { kind: text("FOLDER"), help: "where --template writes (the working folder)" },
  ...placeOptions,
  config: runOptions.config,
  as: runOptions.as,
} as const satisfies OptionTable;

/** What `compare` takes. */
export const compareOptions = {
  out: { kind: text("PAGE.html"), help: "where the page is written (compare.html)" },
  qualities: { kind: list(integer({ least: 1, most: 100 })), help: "qualities compared (70,80,89,95)" },
  compressions: { kind: list(choice("jpeg", "webp")), help: "compressions they are tried with (jpeg)" },
  crops: { kind: integer({ least: 1, most: 12 }), help: "number of places to show (3)" },
  side: { kind: integer({ least: 64, most: 1024 }), help: "side of a crop in pixels (512)" },
} as const satisfies OptionTable;

/** What `export` takes: where the masters are, where the files go, and how they are made. */
export const exportOptions = {
  to: {
    kind: text("FOLDER|FILE.zip|r2:BUCKET/PREFIX"),
    help: "where the files go: a folder, a new ZIP file, or a bucket of R2",
  },
  base: {
    kind: text("URL", /^https?:\/\/[^\s?#]+[^\s?#/]$/, "an http or https URL without a slash at its end"),
    help: "address at which they will be found (BASE_URL of wrangler.toml)",
  },
  from: { kind: bucketOptions.to.kind, help: "masters of this bucket, by identifier or the start of one" },
  object: { kind: text("OBJECT"), help: "the images of an object, of the bucket" },
  match: { kind: text("GLOB"), help: "of all these, the images whose identifiers match: maps/**" },
  api: { kind: choice("3", "2", "both"), help: "version of the Image API (3)" },
  tile: { kind: integer({ least: 64, most: 4096 }), help: "side of a tile in pixels (that of the master)" },
  quality: { kind: integer({ least: 1, most: 100 }), help: "of what is drawn (JPEG_QUALITY of wrangler.toml)" },
  thumbs: {
    kind: list(integer({ least: 1, most: 10_000 })),
    help: "widths of further pictures of the whole: 90,200 for Universal Viewer",
  },
  alsoRounded: { kind: flag, help: "with the names that OpenSeadragon 4.0.0 rounds" },
  includeRestricted: { kind: flag, help: "also images that not anybody may see, whole" },
  manifests: { kind: flag, help: "with the manifests of objects all of whose images are exported" },
  delete: { kind: flag, help: "remove images that are there and not among these" },
  jobs: { kind: integer({ least: 1, most: 64 }), help: "images worked on at once (4)" },
  yes: { kind: flag, help: "also where it comes to more than 100,000 files" },
  dryRun: { kind: flag, help: "say how many files and bytes it would be, and write nothing" },
  json: { kind: flag, help: "report as JSON on standard output" },
  state: bucketOptions.state,
  bucket: bucketOptions.bucket,
  catalogueBucket: bucketOptions.catalogueBucket,
  account: bucketOptions.account,
  endpoint: bucketOptions.endpoint,
  region: bucketOptions.region,
  config: runOptions.config,
} as const satisfies OptionTable;

/** The options of `check`: of files, or of masters in a bucket. */
export const checkOptions = {
  from: { kind: bucketOptions.to.kind, help: "masters of this bucket, by identifier or the start of one" },
  state: bucketOptions.state,
  bucket: bucketOptions.bucket,
  account: bucketOptions.account,
  endpoint: bucketOptions.endpoint,
  region: bucketOptions.region,
  brief: { kind: flag, help: "a line a file: verdict, problems, name" },
  decode: { kind: flag, help: "decode a tile of each level and a thumbnail, to find damage inside tiles" },
  strict: { kind: flag, help: "end with 1 for warnings too" },
  json: { kind: flag, help: "report as JSON on standard output" },
} as const satisfies OptionTable;

/** How pixels are written, as far as it was given. */
export type ConversionOptions = ValuesOf<typeof conversionOptions>;

/** Where files come from and go to, as far as it was given. */
export type PlaceOptions = ValuesOf<typeof placeOptions>;

/** Which buckets are meant, as far as it was said. */
export type BucketOptions = ValuesOf<typeof bucketOptions> & ValuesOf<typeof derivativesOption>;

/** What is told of objects, as far as it was said. */
export type ManifestOptions = ValuesOf<typeof manifestOptions>;

/** What concerns one run, as far as it was said. */
export type RunOptions = ValuesOf<typeof runOptions>;

/** What a comparison shows, as far as it was given. */
export type CompareOptions = ValuesOf<typeof compareOptions>;

/** How a check runs and reports, as far as it was given. */
export type CheckOptions = ValuesOf<typeof checkOptions>;

/** What is exported, where from and where to, as far as it was said. */
export type ExportOptions = ValuesOf<typeof exportOptions>;
