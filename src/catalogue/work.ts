import * as v from "valibot";
import type { Access } from "../access/access.ts";
import { accessSchema } from "../access/policy.ts";
import type { Size } from "../geometry.ts";
import { type Described, describedEntries } from "./described.ts";
import { type LabelledValue, type LanguageMap, labelledValueSchema, languageMapSchema } from "./language-map.ts";
import { type Link, linkSchema, uriSchema } from "./link.ts";
import { type StoredImage, sizeEntries, storedImageSchema } from "./stored-image.ts";

export const viewingDirections = ["left-to-right", "right-to-left", "top-to-bottom", "bottom-to-top"] as const;
export const layouts = ["individuals", "paged", "continuous", "unordered"] as const;
export const pageBehaviors = ["non-paged", "facing-pages"] as const;
export const textFormats = ["alto", "hocr", "plain"] as const;

/** The text of a page: lines that were recognised, and the file they come from. */
export interface PageText {
  readonly format: (typeof textFormats)[number];
  /** The name of the file beside the record of the text. */
  readonly file: string;
  /** A tag of BCP 47. */
  readonly language?: string;
  /** Tells this text from an earlier one of the page, so that the record of the object changes with it. */
  readonly version?: string;
}

/** A page or view of an object; it becomes a canvas. */
export interface Page extends Size {
  /**
   * Names it in its object for good: canvas ids are made from it, so it has nothing of the page's place or label. One
   * segment of a path, decoded.
   */
  readonly key: string;
  readonly label?: LanguageMap;
  readonly metadata?: readonly LabelledValue[];
  /** One image; several are a choice, the first of them the default; none is a page that is missing. */
  readonly images: readonly StoredImage[];
  readonly behaviors?: readonly (typeof pageBehaviors)[number][];
  readonly rights?: string;
  readonly navDate?: string;
  readonly text?: PageText;
  readonly seeAlso?: readonly Link[];
  readonly rendering?: readonly Link[];
}

/** A file that lies beside the images of an object, for people to open: a PDF. */
export interface Attachment {
  /** Its name, under which it lies in the catalogue. */
  readonly file: string;
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
}

/** An entry of a table of contents. */
export interface Entry {
  /** Names it in its object for good; made from the page it starts on. */
  readonly key: string;
  readonly label: LanguageMap;
  /** Keys of the pages that are directly in it, in order. */
  readonly pages: readonly string[];
  readonly entries: readonly Entry[];
}

/** Names a collection to the documents of its members. */
export interface CollectionName {
  readonly key: string;
  readonly label: LanguageMap;
}

/** What is known of an object: everything that its manifests say, whatever their version. */
export interface Work extends Described {
  /** Decoded; slashes divide it. */
  readonly key: string;
  readonly viewingDirection?: (typeof viewingDirections)[number];
  readonly layout?: (typeof layouts)[number];
  /** Keys of pages. */
  readonly thumbnail?: string;
  readonly start?: string;
  /** The collections it is in. */
  readonly collections: readonly CollectionName[];
  /** At least one. */
  readonly pages: readonly Page[];
  readonly contents: readonly Entry[];
  readonly attachments?: readonly Attachment[];
  /**
   * Who may see its documents: the manifest, its pieces and texts, the page for people. Open to all unless it is stated.
   * Its images have policies of their own.
   */
  readonly access?: Access;
}

const text = v.pipe(v.string(), v.minLength(1));
const links = v.exactOptional(v.array(linkSchema));

const pageTextSchema: v.GenericSchema<unknown, PageText> = v.object({
  format: v.picklist(textFormats),
  // Of the page's own folder.
  file: v.pipe(text, v.regex(/^[^/]+$/)),
  language: v.exactOptional(text),
  version: v.exactOptional(text),
});

const pageSchema: v.GenericSchema<unknown, Page> = v.object({
  key: text,
  ...sizeEntries,
  label: v.exactOptional(languageMapSchema),
  metadata: v.exactOptional(v.array(labelledValueSchema)),
  images: v.array(storedImageSchema),
  behaviors: v.exactOptional(v.array(v.picklist(pageBehaviors))),
  rights: v.exactOptional(uriSchema),
  navDate: v.exactOptional(text),
  text: v.exactOptional(pageTextSchema),
  seeAlso: links,
  rendering: links,
});

const entrySchema: v.GenericSchema<unknown, Entry> = v.object({
  key: text,
  label: languageMapSchema,
  pages: v.array(text),
  entries: v.array(v.lazy(() => entrySchema)),
});

const attachmentSchema: v.GenericSchema<unknown, Attachment> = v.object({
  file: v.pipe(text, v.regex(/^[^/]+$/)),
  sha256: text,
});

const collectionNameSchema: v.GenericSchema<unknown, CollectionName> = v.object({
  key: text,
  label: languageMapSchema,
});

/** What a record of an object has to be like, but for the keys that it names. */
export const workSchema: v.GenericSchema<unknown, Work> = v.object({
  key: text,
  ...describedEntries,
  viewingDirection: v.exactOptional(v.picklist(viewingDirections)),
  layout: v.exactOptional(v.picklist(layouts)),
  thumbnail: v.exactOptional(text),
  start: v.exactOptional(text),
  collections: v.array(collectionNameSchema),
  pages: v.pipe(v.array(pageSchema), v.minLength(1)),
  contents: v.array(entrySchema),
  attachments: v.exactOptional(v.array(attachmentSchema)),
  access: v.exactOptional(accessSchema),
});
