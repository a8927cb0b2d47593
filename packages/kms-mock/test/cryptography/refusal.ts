import { CryptographyError } from '#src/cryptography/cryptography-error.js'

/** The code with which something is refused, thrown at once or as a rejection; undefined when it is not. */
export const refusal = async (run: () => unknown): Promise<string | undefined> => {
  try {
    await run()
    return undefined
  } catch (error) {
    if (error instanceof CryptographyError) return error.code
    throw error
  }
}
