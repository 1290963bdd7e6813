import type { CommandName } from "./command.ts";

/** What people do most with each command, in the order in which they come to it: a call, and what it is for. */
export const examples: Readonly<Record<CommandName, readonly (readonly [string, string])[]>> = {
  ingest: [
    ["tessera ingest scans --to local", "all images of a folder, for npm start"],
    ["tessera ingest scans --to remote --dry-run", "what it would do, and what that costs"],
    ["tessera ingest scans --to remote --collection maps --records maps.csv", "with a record for each image"],
    ["tessera ingest pyramids --to local --repack", "keeps the tiles of pyramids as they are"],
    ["tessera ingest scans --to remote --shard 2/8", "the second of eight parts: docs/batch.md"],
  ],
  compare: [
    ["tessera compare scan.tif", "writes compare.html"],
    ["tessera compare scan.tif --qualities 80,89,95 --crops 6 --out pages/scan.html", ""],
  ],
  check: [
    ["tessera check scans", "every file, with what is wrong and what fixes it"],
    ["tessera check scans --decode --strict", "looks for damage too, for scripts"],
    ["tessera check scans --brief", "a line a file"],
    ["tessera check maps/ --from remote", "the masters in the bucket whose identifiers start so"],
  ],
  manifest: [
    ["tessera manifest scans --check --objects objects.csv", "all that is wrong, before anything is stored"],
    ["tessera manifest --show maps/atlas --to local", "what viewers will get"],
    ["tessera manifest --template --to local", "tables of all that is stored, to be edited"],
  ],
  "move-records": [
    ["tessera move-records --to local", "in the buckets of npm start"],
    ["tessera move-records --to remote --account 0123456789abcdef0123456789abcdef", "on R2"],
  ],
  index: [
    ["tessera index --to local", "for npm start"],
    ["tessera index --to remote --account 0123456789abcdef0123456789abcdef", "on D1"],
    ["tessera index --to local --rebuild", "all of it anew"],
  ],
  purge: [
    ["tessera purge maps/atlas --to remote", "an image, from every cache that can be reached"],
    ["tessera purge --object atlas --to remote", "an object with the images of its pages"],
    ["tessera purge --prefix loans/ --to local", "all images of a folder, of npm start"],
  ],
  ls: [
    ["tessera ls --to local", "all identifiers, of npm start"],
    ["tessera ls maps/ --to remote --long", "those that start so, with what they are"],
  ],
  info: [
    ["tessera info maps/atlas --to remote", "all of an image"],
    ["tessera info maps/atlas --to local --json", "for scripts"],
  ],
  prune: [
    ["tessera prune --to remote --dry-run", "how much is of masters that were replaced or are gone"],
    ["tessera prune --to remote --older-than 30d", "what nobody needed for 30 days; small ones for 120"],
  ],
  stats: [
    ["tessera stats --to local", "what was asked of npm start in the last 24 hours"],
    ["tessera stats --to remote --since 7d --by image", "the images of a week"],
    ["tessera stats --to remote --since 30d --by client", "who asked"],
    ["tessera stats --to remote --storage", "what is stored, and how much of it is stale"],
  ],
  verify: [
    ["tessera verify --to remote", "every master and record"],
    ["tessera verify --to remote --sample 5% --deep", "every tile of one image in twenty"],
  ],
  export: [
    ["tessera export --from local --to site --base https://images.example --manifests", "all that is stored"],
    ["tessera export maps/ --from remote --to maps.zip --base https://images.example", "what starts so, as one file"],
    ["tessera export scans --to site --base https://images.example --dry-run", "files of this machine, foretold"],
  ],
  moved: [
    ["tessera moved moved.csv --to remote --dry-run", "what it would do, and all that is wrong with it"],
    ["tessera moved moved.csv --to local", "a table with the columns old and new"],
  ],
  mv: [
    ["tessera mv scan-0007 maps/atlas --to remote", "the image, and all that leads to it"],
    ["tessera mv scan-0007 maps/atlas --to local --dry-run", "what is left to do"],
  ],
  rm: [
    ["tessera rm loans/7 loans/8 --to remote", "two images"],
    ["tessera rm --match 'loans/**' --to remote --dry-run", "which images that would be"],
    ["tessera rm --object atlas --keep-gone --to remote", "an object; its images are 410 from then on"],
  ],
  cost: [
    ["tessera cost --to remote", "all that is stored, and what was counted in 30 days"],
    ["tessera cost --to remote --prefix maps/", "of the images of a folder"],
    ["tessera cost --to remote --views 10e6 --hit 0.9", "and what ten million views a month would cost"],
  ],
  warm: [
    ["tessera warm --object atlas --to remote", "the thumbnails and sizes of an object's pages"],
    ["tessera warm --prefix maps/ --to remote --sizes 1200,", "a given size of the images of a folder"],
  ],
  report: [
    ["tessera report merge report-*.json", "what ingest --shard I/N --report report-I.json wrote"],
    ["tessera report merge report-*.json --json", "for scripts"],
  ],
  batch: [
    ["tessera batch submit task.json --to remote", "a task file, JSON or CSV; a faulty one is not sent"],
    ["tessera batch status --to remote", "the latest tasks"],
    ["tessera batch watch latest --to local", "until the task ends that was sent last"],
    ["tessera batch items 20261129-104826-3fa85f645717 --to remote --only failed", "what failed, and why"],
    ["tessera batch retry 20261129-104826-3fa85f645717 --to remote", "what failed or was cancelled, again"],
    ["tessera batch report latest --to remote --csv", "time, cost and stages as a table"],
    ["tessera batch report --collection maps --to remote", "what all tasks of a collection came to"],
  ],
  access: [
    ["tessera access set loans/7 --access role:staff --public-size 400 --to remote", "400 pixels for all others"],
    ["tessera access set --prefix diary/ --embargo 2031-01-01 --to remote", "closed until then"],
    ["tessera access set loans/7 --clear --to remote", "takes it all back"],
    ["tessera access show loans/7 --to remote", "what is stated of it, and what counts now and next"],
    ["tessera access test loans/7 --as role:staff --at 2031-01-01 --to remote", "how somebody would fare"],
    ["tessera access rules set rules.json --to remote", "what counts for folders; names of networks and roles"],
    ["tessera access mark library --text Library --to local", "marks/library.png, which rules put over images"],
    ["tessera access mark library --image logo.png --to remote", "of a picture in place of a text"],
  ],
  sign: [
    ["tessera sign loans/7 --for 8h", "the base URI of the image, for any viewer"],
    ["tessera sign loans/7 --for 7d --max 2000 --json", "reduced, with all that is in it"],
    ["tessera sign --list ids.txt --until 2031-01-01", "a line an image"],
  ],
};
