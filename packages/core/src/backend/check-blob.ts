import { InputError } from '../errors.js'
import type { SealedBlob } from './backend.js'

/** Compare what a blob promised with what was written of it. Fails with INVALID_ARGUMENT. */
export function checkBlob(promised: SealedBlob, written: { digest: string; size: number }): void {
  if (promised.size !== written.size)
    throw new InputError(
      'INVALID_ARGUMENT',
      `The blob has ${written.size} bytes, its size says ${promised.size}.`,
    )
  if (promised.digest !== written.digest)
    throw new InputError('INVALID_ARGUMENT', 'The bytes of the blob contradict its digest.')
}
