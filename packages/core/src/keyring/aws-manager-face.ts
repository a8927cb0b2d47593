import { CommitmentPolicy } from '@aws-crypto/material-management-node'
import type { NodeMaterialsManager } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { algorithmSuites, type AlgorithmSuite } from '../materials/algorithm-suites.js'
import { classesOfSource, type MaterialsSource } from '../materials/materials-source.js'
import { classesOfSuite } from '../materials/aws-classes.js'
import { dataKeyEntry } from '../materials/aws-materials.js'
import { checkCommitmentPolicy, checkEncryptAllowed, defaultSuiteId } from '../materials/commitment-policy.js'
import { checkCallerContext, checkContext } from '../materials/encryption-context.js'
import { toDecryptionMaterial, toEncryptionMaterial } from '../materials/to-aws-materials.js'
import type { directManager, DirectManager, EncryptionRequest } from '../materials/materials.js'

type AwsEncryptionRequest = Parameters<NodeMaterialsManager['getEncryptionMaterials']>[0]

function knownSuite(id: number): AlgorithmSuite {
  const suite = algorithmSuites.get(id)
  if (suite === undefined) throw new KeyringError('KEYRING_INVALID', 'The request is for an unknown suite')
  return suite
}

function isLength(length: unknown): length is number {
  return Number.isSafeInteger(length) && Number(length) >= 0
}

// framework/default-cmm.md#get-encryption-materials: the suite must fit the policy, and nobody else may have set the
// public key in the context.
function encryptionRequest(request: AwsEncryptionRequest): EncryptionRequest {
  const { encryptionContext, plaintextLength } = request
  const commitmentPolicy: string = request.commitmentPolicy
  checkCommitmentPolicy(commitmentPolicy)
  checkCallerContext(encryptionContext)
  const suite = knownSuite(request.suite?.id ?? defaultSuiteId(request.commitmentPolicy))
  checkEncryptAllowed(suite, request.commitmentPolicy)
  return {
    suite,
    suiteAsked: request.suite !== undefined,
    encryptionContext: Object.freeze({ ...encryptionContext }),
    requiredContextKeys: [],
    plaintextLength: isLength(plaintextLength) ? plaintextLength : undefined,
    commitmentPolicy: request.commitmentPolicy,
  }
}

/**
 * AWS's materials manager interface for a manager of ours, so that client-node and its managers take it. The materials
 * are of the copy of AWS's classes that the suite of the request is of, or else the manager's own source.
 */
export function awsManagerFace(
  direct: DirectManager[typeof directManager],
  source: MaterialsSource,
): NodeMaterialsManager {
  const classesFor = (suite: object | undefined) =>
    (suite && classesOfSuite(suite)) ?? classesOfSource(source)
  return {
    async getEncryptionMaterials(request) {
      const materials = await direct.encrypt(encryptionRequest(request))
      try {
        return toEncryptionMaterial(classesFor(request.suite), materials)
      } finally {
        materials.release()
      }
    },
    async decryptMaterials({ suite, encryptionContext, encryptedDataKeys }) {
      checkContext(encryptionContext)
      const materials = await direct.decrypt({
        suite: knownSuite(suite.id),
        encryptionContext,
        requiredContextKeys: [],
        reproducedContextKeys: [],
        dataKeys: encryptedDataKeys.map(dataKeyEntry),
        // It has none; the client that asks has checked its own.
        commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
      })
      try {
        return toDecryptionMaterial(classesFor(suite), materials, encryptionContext)
      } finally {
        materials.release()
      }
    },
  }
}
