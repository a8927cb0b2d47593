import { KmsError } from '../errors.js'

/** Ends a dry run that got this far; no output is made. */
export const endDryRun = (dryRun: boolean | undefined): void => {
  if (dryRun === true) {
    throw new KmsError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
    )
  }
}
