import { KmsError } from '../errors.js'

/** The parameters that many operations share, beside their subject. */
export interface RequestOptions {
  GrantTokens?: readonly string[]
  DryRun?: boolean
}

/**
 * Refuses what no key of this KMS can honour yet. Grant tokens come from CreateGrant, which isn't
 * there: none is valid.
 * @throws KmsError InvalidGrantTokenException
 */
export const checkRequestOptions = (options: RequestOptions): void => {
  if (options.GrantTokens !== undefined && options.GrantTokens.length > 0) {
    throw new KmsError('InvalidGrantTokenException', 'The grant token is not valid.')
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
