/**
 * Sealed bytes of which any part can be read: a file, an object in S3, a record of a database.
 *
 * ```
 * const source = {
 *   size: object.ContentLength,
 *   read: async (start, end, { signal }) => {
 *     const command = new GetObjectCommand({ Bucket, Key, Range: `bytes=${start}-${end - 1}` })
 *     const { Body } = await s3.send(command, { abortSignal: signal })
 *     return Body.transformToByteArray()
 *   },
 * }
 * ```
 */
export interface SeekableSource {
  /**
   * Bytes of the whole source. Nothing behind it is asked for. Without it, `read` is also asked for what lies behind
   * the end, and a range that begins there costs some fifty reads of one byte.
   */
  readonly size?: number | undefined
  /**
   * The bytes from `start` up to, not including, `end`; `start` is less than `end`. Fewer only where the source
   * ends, none when it ends before `start`. They must not change afterwards. What it throws comes out of the
   * operation unchanged when it is a SealringError, otherwise as the `cause` of SOURCE_FAILED.
   */
  readonly read: (
    start: number,
    end: number,
    options: { readonly signal?: AbortSignal | undefined },
  ) => Promise<Uint8Array>
}
