/**
 * Why vectors can't be run, or why one of them failed where the engine threw nothing.
 *
 * - `VECTOR_SOURCE_INVALID`: neither a folder, nor a zip, nor a manifest.
 * - `VECTOR_MANIFEST_INVALID`: no manifest, or one that isn't JSON of the known form.
 * - `VECTOR_PATH_REFUSED`: a URI that leaves the folder of its manifest, or another scheme than `file`.
 * - `VECTOR_FILE_MISSING`: a URI that names no file.
 * - `VECTOR_KEY_INVALID`: a scenario's key is not in the keys manifest, or its material is no such key.
 * - `PLAINTEXT_DIFFERS`: the message opened to other bytes than expected.
 * - `MESSAGE_OPENED`: it opened, and should have been refused.
 * - `REFUSED_WITHOUT_CODE`: it was refused by an error that is none of Sealring's.
 * - `READING_TIMED_OUT`: no end and no error within the time allowed.
 */
export type VectorErrorCode =
  | 'VECTOR_SOURCE_INVALID'
  | 'VECTOR_MANIFEST_INVALID'
  | 'VECTOR_PATH_REFUSED'
  | 'VECTOR_FILE_MISSING'
  | 'VECTOR_KEY_INVALID'
  | 'PLAINTEXT_DIFFERS'
  | 'MESSAGE_OPENED'
  | 'REFUSED_WITHOUT_CODE'
  | 'READING_TIMED_OUT'

export class VectorError extends Error {
  override readonly name = 'VectorError'
  readonly code: VectorErrorCode

  constructor(code: VectorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
