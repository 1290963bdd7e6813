import { anybody, decide } from "../access/decide.ts";
import type { Policy } from "../access/policy.ts";
import type { Collection, Member } from "./collection.ts";
import { defined } from "./defined.ts";
import type { Provider } from "./link.ts";
import { outcomeOfStored, policiesOfStored, type ShowingGround } from "./object-access.ts";
import { showPicture } from "./shown-work.ts";
import type { StoredImage } from "./stored-image.ts";

/**
 * Returns a collection as anybody sees it at a time: without members whose documents nobody sees and those whose picture is
 * hidden, and with no picture that not anybody may see. Pure.
 */
export function showCollection(collection: Collection, ground: ShowingGround): Collection {
  const { thumbnail, provider, members } = collection;
  return defined<Collection>({
    ...collection,
    thumbnail: thumbnail && showPicture(thumbnail, ground),
    provider: provider?.map(({ logo, ...one }) =>
      defined<Provider>({ ...one, logo: logo && showPicture(logo, ground) }),
    ),
    members: members.filter((member) => isMemberListed(member, ground)).map((member) => showMember(member, ground)),
  });
}

/** Returns a member with the picture that anybody may see. Pure. */
function showMember({ access: _, ...member }: Member, ground: ShowingGround): Member {
  const { thumbnail } = member;
  return thumbnail === undefined ? member : defined<Member>({ ...member, thumbnail: showPicture(thumbnail, ground) });
}

/** Whoever may be let in has to find the object. One whose picture is hidden may have nothing else to show. */
function isMemberListed({ kind, access, thumbnail }: Member, ground: ShowingGround): boolean {
  if (kind === "object" && thumbnail !== undefined && outcomeOfStored(thumbnail, ground).kind === "hidden")
    return false;
  const outcome = access === undefined ? undefined : decide([{ access }], anybody, ground);
  if (outcome?.kind === "hidden") return false;
  return outcome?.kind !== "denied" || (outcome.reason.kind !== "closed" && outcome.reason.kind !== "signed");
}

/** Returns each policy once that counts for what a collection shows. */
export function policiesOfCollection(collection: Collection, ground: ShowingGround): readonly Policy[] {
  const { thumbnail, provider = [], members } = collection;
  const images = [thumbnail, ...provider.map(({ logo }) => logo), ...members.map((member) => member.thumbnail)];
  const ofImages = images
    .filter((image): image is StoredImage => image !== undefined)
    .flatMap((image) => policiesOfStored(image, ground));
  const ofMembers = members.flatMap(({ access }) => (access === undefined ? [] : [{ access }]));
  return [...new Set([...ofImages, ...ofMembers])];
}
