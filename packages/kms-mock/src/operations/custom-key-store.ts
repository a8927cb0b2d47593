import { KmsError } from '../errors.js'

/** There are no custom key stores yet, so none is ever found. */
export const refuseCustomKeyStore = (customKeyStoreId: string | undefined): void => {
  if (customKeyStoreId !== undefined) {
    throw new KmsError(
      'CustomKeyStoreNotFoundException',
      `Custom key store ${customKeyStoreId} is not found.`,
    )
  }
}
