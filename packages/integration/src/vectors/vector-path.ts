import { VectorError } from './vector-error.js'

const scheme = /^([a-z][a-z0-9+.-]*):\/\//i

/**
 * The path, relative to the folder of its manifest, that a URI of a manifest names: `file://ciphertexts/1` →
 * `ciphertexts/1`. Some writers start it with a slash, which still means that folder; a bare path is taken as well.
 * Throws VECTOR_PATH_REFUSED for another scheme and for anything that could leave the folder.
 */
export function vectorPath(uri: string): string {
  const [prefix = '', name = 'file'] = scheme.exec(uri) ?? []
  if (name.toLowerCase() !== 'file') {
    throw new VectorError('VECTOR_PATH_REFUSED', `Not a file: ${JSON.stringify(uri)}`)
  }
  const segments = uri
    .slice(prefix.length)
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
  // A backslash separates on Windows.
  if (segments.length === 0 || segments.some((segment) => segment === '..' || /[\\\0]/.test(segment))) {
    throw new VectorError('VECTOR_PATH_REFUSED', `Leaves the folder of its manifest: ${JSON.stringify(uri)}`)
  }
  return segments.join('/')
}
