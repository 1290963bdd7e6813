import { nearestName } from "../spelling.ts";
import { contentsOf, type Leaf } from "./contents-plan.ts";
import { defined } from "./defined.ts";
import { type FolderObject, labelOfName, type NamedImage, objectsOfFolders } from "./folder-objects.ts";
import type { LabelledValue, LanguageMap } from "./language-map.ts";
import { collectLeaves, orderLeaves } from "./leaves.ts";
import type { Provider } from "./link.ts";
import { compareNaturally } from "./natural-order.ts";
import type { ObjectRow } from "./object-table.ts";
import type { PageRow, PageTable } from "./page-table.ts";
import { keyFault } from "./record-name.ts";
import { formatSheetFault, type SheetPlace } from "./sheet-place.ts";
import type { CollectionName, Page, Work } from "./work.ts";

/** A page before its images are stored. */
export interface PagePlan
  extends Pick<Page, "key">,
    Partial<Pick<Page, "label" | "metadata" | "behaviors" | "rights">> {
  readonly images: readonly { readonly identifier: string; readonly label?: LanguageMap }[];
  /** The path of the file that has its text, as the table gives it. */
  readonly text?: string;
}

/** An object before its images are stored: all that its record needs but the sizes of images. */
export interface WorkPlan extends Omit<Work, "pages" | "label"> {
  /** Undefined where neither a table nor anything else gives one: the title in its first image, else `name`. */
  readonly label?: LanguageMap;
  /** The label that its folder makes. */
  readonly name: string;
  readonly pages: readonly PagePlan[];
  /** Whether tables of this run have a row of the object, rows of its images, and labels of its pages. */
  readonly told: { readonly object: boolean; readonly pages: boolean; readonly labels: boolean };
}

/** What objects are made of. */
export interface WorkSources {
  readonly images: readonly NamedImage[];
  readonly pages?: PageTable;
  readonly objects?: readonly ObjectRow[];
}

/** How pages are labelled that no table labels. */
export type PageLabelling = "number" | "folio" | "filename";

/** What an institution has set for all objects. */
export interface WorkSettings {
  readonly pageLabels: PageLabelling;
  /** All images of the folder that was named are one object of this key. */
  readonly asBook?: string;
  /** By the keys that tables name. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** The label of what the column attribution says. */
  readonly attributionLabel: LanguageMap;
}

/** The plans, and what keeps anything from being written. */
export interface WorkPlans {
  readonly plans: readonly WorkPlan[];
  /** A sentence each, with its place in a table. */
  readonly faults: readonly string[];
}

/**
 * Plans the objects of a run: by folders, changed and completed by what tables say. Pure; finds every fault that can be
 * found before images are read.
 */
export function planWorks(sources: WorkSources, settings: WorkSettings): WorkPlans {
  const faults: string[] = [];
  const told = new Map<string, PageRow>();
  for (const row of sources.pages?.rows ?? []) if (row.image !== undefined) told.set(row.image, row);
  const nameOfImage = ({ path, identifier }: NamedImage): string =>
    sources.pages?.column === "identifier" ? identifier : path;
  const rowOf = (image: NamedImage): PageRow | undefined => told.get(nameOfImage(image));
  const groups = groupImages(sources, { rowOf, settings, faults });
  const rows = new Map((sources.objects ?? []).map((row) => [row.key, row]));
  for (const [key, row] of rows) {
    if (groups.has(key)) continue;
    const meant = nearestName(key, [...groups.keys()]);
    const suggestion = meant === undefined ? "" : `; did you mean ${meant}?`;
    faults.push(at(row.place("object"), `${key} has no pages: no folder and no row of an image names it${suggestion}`));
  }
  for (const { key, images, missing } of groups.values()) {
    if (images.length === 0)
      faults.push(at(missing[0]?.place("object"), `${key} has no image: all its pages are missing`));
    const fault = keyFault(key);
    const named = images.map(({ path }) => path)[0] ?? "";
    if (fault !== undefined)
      faults.push(`${[named, "the object"].find((name) => name !== "")} would be ${key}: ${fault}`);
  }
  const plans = [...groups.values()].map((group) =>
    planWork(group, { row: rows.get(group.key), rowOf, settings, faults }),
  );
  return { plans, faults };
}

interface Group {
  readonly key: string;
  readonly name: string;
  readonly parent: string;
  readonly images: readonly NamedImage[];
  /** Rows of pages that are missing. */
  readonly missing: readonly PageRow[];
}

interface Grouping {
  readonly rowOf: (image: NamedImage) => PageRow | undefined;
  readonly settings: WorkSettings;
  readonly faults: string[];
}

/** An image belongs to the object that its row names, else to that of its folder. */
function groupImages(
  { images, pages }: WorkSources,
  { rowOf, settings, faults }: Grouping,
): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  const add = (object: FolderObject, missing: readonly PageRow[] = []): void => {
    const known = groups.get(object.key) ?? { ...object, images: [], missing: [] };
    const { parent } = known.parent === "" ? object : known;
    groups.set(object.key, {
      ...known,
      parent,
      images: [...known.images, ...object.images],
      missing: [...known.missing, ...missing],
    });
  };
  const loose = images.filter((image) => rowOf(image)?.object === undefined);
  const found = settings.asBook === undefined ? objectsOfFolders(loose) : bookOf(settings.asBook, loose);
  faults.push(...found.faults);
  for (const object of found.objects) add(object);
  for (const image of images) {
    const key = rowOf(image)?.object;
    if (key !== undefined) add({ ...tableObject(key), images: [image] });
  }
  for (const row of pages?.rows ?? []) {
    if (row.image === undefined && row.object !== undefined) {
      add(tableObject(row.object), [row]);
    }
  }
  return new Map([...groups].map(([key, group]) => [key, { ...group, images: inNaturalOrder(group.images) }]));
}

/** What a table names is in no collection of a folder. */
function tableObject(key: string): FolderObject {
  return { key, name: segmentOf(key), parent: "", images: [] };
}

function bookOf(key: string, images: readonly NamedImage[]): ReturnType<typeof objectsOfFolders> {
  const ordered = inNaturalOrder(images);
  return {
    objects: ordered.length === 0 ? [] : [{ key, name: segmentOf(key), parent: folderOf(key), images: ordered }],
    faults: [],
  };
}

function inNaturalOrder(images: readonly NamedImage[]): readonly NamedImage[] {
  return images.toSorted((a, b) => compareNaturally(a.path, b.path));
}

interface Planning extends Grouping {
  readonly row: ObjectRow | undefined;
}

function planWork(group: Group, planning: Planning): WorkPlan {
  const { row, settings, faults } = planning;
  const leaves = orderLeaves(collectLeaves(group, planning));
  const labels = labelsOf(leaves, planning);
  const pages = leaves.map((leaf, index) => planPage(leaf, labels[index], planning));
  const keyOfPage = (column: "thumbnail" | "start"): string | undefined => {
    const named = row?.[column];
    if (named === undefined || pages.some(({ key }) => key === named)) return named;
    const byLabel = pages.filter(({ label }) =>
      Object.values(label ?? {})
        .flat()
        .includes(named),
    );
    if (byLabel.length === 1) return byLabel[0]?.key;
    faults.push(at(row?.place(column), `${column} is ${JSON.stringify(named)}, which is no page of ${group.key}`));
    return undefined;
  };
  const providers = (row?.providers ?? []).flatMap((key) => {
    const provider = settings.providers.get(key);
    if (provider !== undefined) return [provider];
    faults.push(at(row?.place("provider"), `${key} is no provider of the configuration`));
    return [];
  });
  const { attribution } = row ?? {};
  return defined({
    key: group.key,
    name: labelOfName(group.name),
    label: row?.label,
    summary: row?.summary,
    metadata: row?.metadata ?? [],
    requiredStatement: attribution && { label: settings.attributionLabel, value: attribution },
    rights: row?.rights,
    provider: nonEmpty(providers),
    homepage: nonEmpty(row?.homepage ?? []),
    seeAlso: nonEmpty(row?.seeAlso ?? []),
    rendering: nonEmpty(row?.rendering ?? []),
    navDate: row?.navDate,
    viewingDirection: row?.viewingDirection,
    layout: row?.layout,
    access: row?.access,
    thumbnail: keyOfPage("thumbnail"),
    start: keyOfPage("start"),
    collections: collectionsOf(group, row),
    pages,
    contents: contentsOf(leaves),
    told: {
      object: row !== undefined,
      pages: leaves.some(({ rows }) => rows.length > 0),
      labels: row?.pageLabels !== undefined,
    },
  });
}

function labelsOf(leaves: readonly Leaf[], { row, settings, faults }: Planning): readonly (LanguageMap | undefined)[] {
  const given = row?.pageLabels;
  if (given !== undefined && given.length !== leaves.length) {
    const message = `page_labels stand for ${given.length} pages, and ${row?.key} has ${leaves.length}`;
    faults.push(at(row?.place("page_labels"), message));
  }
  return leaves.map((leaf, index) => {
    const own = leaf.rows.find(({ label }) => label !== undefined)?.label;
    const isChoice = leaf.images.length > 1;
    if (own !== undefined && !isChoice) return own;
    const label = given?.[index] ?? ruleLabel(leaf, index, settings.pageLabels);
    return label === undefined ? undefined : { none: [label] };
  });
}

function ruleLabel({ key }: Leaf, index: number, rule: PageLabelling): string | undefined {
  if (rule === "number") return String(index + 1);
  if (rule === "filename") return key;
  return `${Math.floor(index / 2) + 1}${index % 2 === 0 ? "r" : "v"}`;
}

function planPage({ key, images, rows }: Leaf, label: LanguageMap | undefined, { rowOf }: Planning): PagePlan {
  const [first] = rows;
  const isChoice = images.length > 1;
  return defined({
    key,
    label,
    metadata: nonEmpty<LabelledValue>(isChoice ? [] : (first?.metadata ?? [])),
    behaviors: nonEmpty(first?.behaviors ?? []),
    rights: first?.rights,
    text: rows.find(({ text }) => text !== undefined)?.text,
    images: images.map((image) => {
      const label = isChoice
        ? (rowOf(image)?.label ?? { none: [labelOfName(segmentOf(image.identifier))] })
        : undefined;
      return defined({ identifier: image.identifier, label });
    }),
  });
}

/** Those of the row; an object that none names is in that of the folder around it. */
function collectionsOf({ parent }: Group, row: ObjectRow | undefined): readonly CollectionName[] {
  const named = [...new Set((row?.collections ?? []).map((path) => path.join("/")))].map(collectionOf);
  return named.length > 0 || parent === "" ? named : [collectionOf(parent)];
}

function collectionOf(key: string): CollectionName {
  return { key, label: { none: [labelOfName(segmentOf(key))] } };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function segmentOf(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf("/") + 1);
}

function at(place: SheetPlace | undefined, message: string): string {
  return formatSheetFault({ place, message });
}

function nonEmpty<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values;
}
