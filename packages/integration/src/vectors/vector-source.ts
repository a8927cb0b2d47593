import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { unzipSync } from 'fflate'
import { VectorError } from './vector-error.js'

/** Files by their path, with `/` between folders. Nothing outside can be reached through it. */
export interface VectorSource {
  readonly name: string
  readonly paths: readonly string[]
  /** Throws VECTOR_FILE_MISSING, VECTOR_PATH_REFUSED. */
  read(path: string): Buffer
}

/** Bytes that one zip may unfold to. The official ones stay far below. */
const maxUnzipped = 2 ** 30

const missing = (name: string, path: string, cause?: unknown): VectorError =>
  new VectorError('VECTOR_FILE_MISSING', `${name} has no file ${JSON.stringify(path)}`, { cause })

function folderSource(folder: string, name: string, only?: string): VectorSource {
  const root = realpathSync(folder)
  const paths = only
    ? [only]
    : readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
  return {
    name,
    paths,
    read(path) {
      let file: string
      try {
        file = realpathSync(join(root, ...path.split('/')))
        if (!statSync(file).isFile()) throw missing(name, path)
      } catch (error) {
        throw error instanceof VectorError ? error : missing(name, path, error)
      }
      // A symbolic link may point anywhere.
      if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) {
        throw new VectorError('VECTOR_PATH_REFUSED', `${JSON.stringify(path)} is a link out of ${name}`)
      }
      return readFileSync(file)
    },
  }
}

function zipSource(archive: Buffer, name: string): VectorSource {
  const files = new Map<string, Uint8Array>()
  let unzipped = 0
  try {
    const entries = unzipSync(archive, {
      filter({ name: entry, originalSize }) {
        unzipped += originalSize
        if (unzipped > maxUnzipped) throw new RangeError(`It unfolds to more than ${maxUnzipped} bytes`)
        return !entry.endsWith('/')
      },
    })
    // Some zips of .NET have backslashes. An entry with `..` is kept under that name: no URI reaches it.
    for (const [entry, bytes] of Object.entries(entries)) files.set(entry.replaceAll('\\', '/'), bytes)
  } catch (cause) {
    throw new VectorError('VECTOR_SOURCE_INVALID', `${name} is no zip that can be read`, { cause })
  }
  return {
    name,
    paths: [...files.keys()],
    read(path) {
      const bytes = files.get(path)
      if (!bytes) throw missing(name, path)
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    },
  }
}

/** Opens a folder, a zip or the folder of one manifest. Throws VECTOR_SOURCE_INVALID. */
export function openVectorSource(path: string): VectorSource {
  const name = basename(path)
  let bytes: Buffer
  try {
    if (statSync(path).isDirectory()) return folderSource(path, name)
    bytes = readFileSync(path)
  } catch (cause) {
    throw new VectorError('VECTOR_SOURCE_INVALID', `${JSON.stringify(path)} can't be read`, { cause })
  }
  if (bytes.toString('latin1', 0, 2) === 'PK') return zipSource(bytes, name)
  return folderSource(dirname(path), basename(dirname(path)), name)
}
