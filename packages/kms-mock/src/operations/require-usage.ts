import { algorithmsOf } from '../cryptography/key-specs.js'
import type { AlgorithmsByUsage, KeyUsage } from '../cryptography/key-specs.js'
import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import type { KmsKey } from '../state/key.js'

/**
 * Refuses a key that is for something else.
 * @throws KmsError InvalidKeyUsageException
 */
export const requireUsage = (key: KmsKey, usage: KeyUsage, operation: string): void => {
  if (key.keyUsage === usage) return
  throw new KmsError(
    'InvalidKeyUsageException',
    `${keyArn(key)} key usage is ${key.keyUsage} which is not valid for ${operation}.`,
  )
}

/**
 * Refuses an algorithm that a key of this usage and spec doesn't have.
 * @throws KmsError InvalidKeyUsageException
 */
export const requireAlgorithm = <Usage extends KeyUsage>(
  { keySpec }: KmsKey,
  usage: Usage,
  algorithm: string,
): AlgorithmsByUsage[Usage][number] => {
  const algorithms: readonly AlgorithmsByUsage[Usage][number][] = algorithmsOf(keySpec, usage) ?? []
  const found = algorithms.find((name) => name === algorithm)
  if (found !== undefined) return found
  throw new KmsError(
    'InvalidKeyUsageException',
    `Algorithm ${algorithm} is incompatible with key spec ${keySpec}.`,
  )
}

/**
 * Refuses an encryption key that isn't symmetric.
 * @throws KmsError InvalidKeyUsageException
 */
export const requireSymmetric = (key: KmsKey, operation: string): void => {
  if (key.keySpec === 'SYMMETRIC_DEFAULT') return
  throw new KmsError(
    'InvalidKeyUsageException',
    `${keyArn(key)} key spec is ${key.keySpec} which is not valid for ${operation}.`,
  )
}
