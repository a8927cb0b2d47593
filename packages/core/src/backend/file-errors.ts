import { BackendError, type BackendErrorCode } from '../errors.js'

interface Meaning {
  code: BackendErrorCode
  retryable?: boolean
  says: string
}

const notAllowed: Meaning = { code: 'ACCESS_DENIED', says: 'the file system refuses access' }
const full: Meaning = { code: 'BACKEND_FAILED', says: 'the disk, or the quota, is full' }
const away: Meaning = { code: 'UNREACHABLE', retryable: true, says: 'the file system does not answer' }
const busy: Meaning = { code: 'THROTTLED', retryable: true, says: 'the system is short of handles or memory' }

const meanings: Readonly<Record<string, Meaning>> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  EROFS: { ...notAllowed, says: 'the file system is read-only' },
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: { code: 'BLOB_TOO_LARGE', says: 'the file system takes no file of this size' },
  EMFILE: busy,
  ENFILE: busy,
  ENOMEM: busy,
  EAGAIN: busy,
  EBUSY: busy,
  ETIMEDOUT: away,
  ESTALE: away,
  ENODEV: away,
  ENXIO: away,
  ENOTCONN: away,
  EHOSTDOWN: away,
  EHOSTUNREACH: away,
  EIO: { code: 'BACKEND_FAILED', says: 'the device reports an input or output error' },
  ENAMETOOLONG: { code: 'BACKEND_FAILED', says: 'the folder lies too deep for this file system' },
  ENOTDIR: { code: 'BACKEND_FAILED', says: 'a file stands where a folder of the location belongs' },
  EISDIR: { code: 'BACKEND_FAILED', says: 'a folder stands where a file of the location belongs' },
  ENOENT: { code: 'BACKEND_FAILED', retryable: true, says: 'a folder vanished while it was in use' },
  ENOTSUP: { code: 'BACKEND_FAILED', says: 'the file system has no hard links, or no fsync of folders' },
  EMLINK: { code: 'BACKEND_FAILED', says: 'the file system takes no more entries in a folder' },
}

/** The `code` of an error of the operating system, such as 'ENOENT'; `undefined` of any other. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined
}

/** Translate an error of the operating system; any other comes back as it is. */
export function fileError(error: unknown, context: { backend: string; operation: string }): unknown {
  const errno = errnoOf(error)
  if (errno === undefined) return error
  // link(2) says EPERM where the file system knows no hard links.
  const noLinks =
    errno === 'EPERM' && error instanceof Error && 'syscall' in error && error.syscall === 'link'
  const fallback: Meaning = { code: 'BACKEND_FAILED', says: 'the file system failed' }
  const { code, retryable = false, says } = meanings[noLinks ? 'ENOTSUP' : errno] ?? fallback
  const message = `Location "${context.backend}": ${says} (${errno}).`
  return new BackendError(code, message, { ...context, retryable, cause: error })
}
