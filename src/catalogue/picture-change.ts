import type { Policy } from "../access/policy.ts";
import type { Collection, Member } from "./collection.ts";
import { defined } from "./defined.ts";
import type { Provider } from "./link.ts";
import type { StoredImage } from "./stored-image.ts";
import type { Page, Work } from "./work.ts";
import { remainingEntries } from "./work-former.ts";

/** Returns what an image has become: the same, one of another name, or undefined where it is gone. */
export type PictureChange = (image: StoredImage) => StoredImage | undefined;

/** Returns a change that gives an image another name. */
export function renamed(from: string, to: string): PictureChange {
  return (image) => (image.identifier === from ? { ...image, identifier: to } : image);
}

/** Returns a change that takes images away. */
export function without(gone: ReadonlySet<string>): PictureChange {
  return (image) => (gone.has(image.identifier) ? undefined : image);
}

/** Returns a change that states who may see images, by their identifiers; others stay as they are. */
export function stated(policies: ReadonlyMap<string, Policy | undefined>): PictureChange {
  return (image) => (policies.has(image.identifier) ? stateImagePolicy(image, policies.get(image.identifier)) : image);
}

/** Returns an image with what its record states of who may see it. */
function stateImagePolicy({ policy: _, ...image }: StoredImage, policy: Policy | undefined): StoredImage {
  return policy === undefined ? image : { ...image, policy };
}

/**
 * Returns an object whose images have changed. A page none of whose images is left goes, with what leads to it; the others
 * keep their keys, so that canvases stay what they were. Undefined where no image is left. Pure.
 */
export function changePictures(work: Work, change: PictureChange): Work | undefined {
  const pages = work.pages.flatMap((page): readonly Page[] => {
    const images = page.images.flatMap((image) => change(image) ?? []);
    return images.length === 0 && page.images.length > 0 ? [] : [{ ...page, images }];
  });
  if (!pages.some(({ images }) => images.length > 0)) return undefined;
  const keys = new Set(pages.map(({ key }) => key));
  const still = (key: string | undefined) => (key !== undefined && keys.has(key) ? key : undefined);
  return defined<Work>({
    ...work,
    provider: withLogos(work.provider, change),
    thumbnail: still(work.thumbnail),
    start: still(work.start),
    pages,
    contents: work.contents.flatMap((entry) => remainingEntries(entry, keys)),
  });
}

/** Returns a collection whose pictures, and those of its members, have changed. Pure. */
export function withPictures(collection: Collection, change: PictureChange): Collection {
  return defined<Collection>({
    ...collection,
    provider: withLogos(collection.provider, change),
    thumbnail: changed(collection.thumbnail, change),
    members: collection.members.map((member) =>
      defined<Member>({ ...member, thumbnail: changed(member.thumbnail, change) }),
    ),
  });
}

function withLogos(provider: readonly Provider[] | undefined, change: PictureChange): readonly Provider[] | undefined {
  return provider?.map((one) => defined<Provider>({ ...one, logo: changed(one.logo, change) }));
}

function changed(image: StoredImage | undefined, change: PictureChange): StoredImage | undefined {
  return image === undefined ? undefined : change(image);
}
