import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCode } from './error-code.js'

const require = createRequire(import.meta.url)
const CACHE = fileURLToPath(new URL('../../../.test-servers/', import.meta.url))

/** A file of an npm package; undefined where npm didn't install the package (an optional one, another platform). */
export function npmFile(packageName: string, file: string): string | undefined {
  try {
    return join(dirname(require.resolve(`${packageName}/package.json`)), file)
  } catch (error) {
    if (errorCode(error) !== 'MODULE_NOT_FOUND') throw error
    return undefined
  }
}

/** A file that `.ci/install-servers` puts into `.test-servers/` at the root of the repository. */
export function cachedFile(...path: string[]): string {
  return join(CACHE, ...path)
}
