import { CommitmentPolicy } from '@aws-crypto/material-management-node'
import { algorithmSuites, type AlgorithmSuite } from '#src/materials/algorithm-suites.js'
import { encryptionMaterials } from '#src/materials/encryption-materials.js'
import { type MaterialsSource } from '#src/materials/materials-source.js'
import type { DecryptionRequest, EncryptionMaterials, EncryptionRequest } from '#src/materials/materials.js'
import { unsigned } from '../envelope/fixture.js'

export function suiteOf(id: number): AlgorithmSuite {
  const suite = algorithmSuites.get(id)
  if (suite === undefined) throw new Error(`No suite ${id}`)
  return suite
}

/** What the engine asks for a message of four bytes. */
export function toSeal(change: Partial<EncryptionRequest> = {}): EncryptionRequest {
  return {
    suite: suiteOf(unsigned),
    suiteAsked: true,
    encryptionContext: Object.freeze({ purpose: 'test' }),
    requiredContextKeys: [],
    plaintextLength: 4,
    commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
    ...change,
  }
}

/** What the engine asks for a message sealed with these materials. */
export function toOpen(
  materials: EncryptionMaterials,
  change: Partial<DecryptionRequest> = {},
): DecryptionRequest {
  const { suite, encryptionContext, requiredContextKeys, encryptedDataKeys } = materials
  return {
    suite,
    encryptionContext,
    requiredContextKeys,
    reproducedContextKeys: requiredContextKeys,
    dataKeys: encryptedDataKeys,
    commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
    ...change,
  }
}

/** Materials for one message, to be released. */
export async function sealingMaterials(
  source: MaterialsSource,
  change: Partial<EncryptionRequest> = {},
): Promise<EncryptionMaterials> {
  return encryptionMaterials(source, toSeal(change))
}

/** Materials for one message, given back already. */
export async function sealOnce(
  source: MaterialsSource,
  change: Partial<EncryptionRequest> = {},
): Promise<EncryptionMaterials> {
  const materials = await sealingMaterials(source, change)
  materials.release()
  return materials
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}
