import * as sdk from '@aws-sdk/client-kms'

/** The operations that the installed client has commands for. */
export const installedOperations: readonly string[] = Object.keys(sdk)
  .map((name) => /^([A-Z]\w*)Command$/.exec(name)?.[1])
  .filter((name) => name !== undefined)
  .toSorted()
