import type { Caller } from '../caller.js'
import { keySpecs } from '../cryptography/key-specs.js'
import type { KeySpec, KeySpecRow } from '../cryptography/key-specs.js'
import { KmsError } from '../errors.js'
import { partitionOf } from '../state/arn.js'

/**
 * Refuses a key spec that the caller's region doesn't have.
 * @throws KmsError UnsupportedOperationException
 */
export const requireRegion = (keySpec: KeySpec, { region }: Caller): void => {
  const { regions }: KeySpecRow = keySpecs[keySpec]
  const inChina = partitionOf(region) === 'aws-cn'
  if (regions !== undefined && (regions === 'china-only') !== inChina) {
    throw new KmsError(
      'UnsupportedOperationException',
      `Key spec ${keySpec} is not supported in this Region.`,
    )
  }
}
