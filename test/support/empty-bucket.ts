/** Deletes all that is in a bucket. */
export async function emptyBucket(bucket: R2Bucket): Promise<void> {
  for (let isMore = true; isMore; ) {
    const { objects, truncated } = await bucket.list();
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
    isMore = truncated;
  }
}
