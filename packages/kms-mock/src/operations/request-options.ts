import { KmsError } from '../errors.js'

/** The parameters that many operations share, beside their subject. */
export interface RequestOptions {
  Recipient?: object
  DryRun?: boolean
  EncryptionAlgorithm?: string
}

/**
 * Refuses what no key of this KMS can honour yet: attestation documents can't be verified, and aren't pretended to
 * be. Grant tokens are looked at before the operation runs, see check-grant-tokens.ts.
 * @throws KmsError UnsupportedOperationException, InvalidKeyUsageException
 */
export const checkRequestOptions = (options: RequestOptions): void => {
  if (options.Recipient !== undefined) {
    throw new KmsError('UnsupportedOperationException', 'kms-mock does not support the Recipient parameter.')
  }
  checkAlgorithm(options.EncryptionAlgorithm)
}

/** Symmetric keys know one algorithm. */
export const checkAlgorithm = (algorithm: string | undefined): void => {
  if (algorithm !== undefined && algorithm !== 'SYMMETRIC_DEFAULT') {
    throw new KmsError(
      'InvalidKeyUsageException',
      `Algorithm ${algorithm} is incompatible with key spec SYMMETRIC_DEFAULT.`,
    )
  }
}

/** Ends a dry run that got this far; no output is made. */
export const endDryRun = (dryRun: boolean | undefined): void => {
  if (dryRun === true) {
    throw new KmsError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
    )
  }
}
