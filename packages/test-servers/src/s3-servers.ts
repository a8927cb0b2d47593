import { join } from 'node:path'
import { cachedFile, npmFile } from './installed-file.js'
import { motoCommand, motoFiles } from './moto.js'
import { processServer } from './process-server.js'
import type { ServerRow } from './process-server.js'
import type { S3ClientOptions, ServerKind } from './server-kind.js'

type S3Extra = Omit<S3ClientOptions, 'endpoint' | 'region' | 'credentials'>

const ROWS: readonly ServerRow<S3Extra>[] = [
  {
    id: 's3rver',
    from: 'npm',
    files: () => [npmFile('s3rver', 'bin/s3rver.js')],
    command: (port, folder) => ({
      command: process.execPath,
      args: [
        // Its continuation tokens are enciphered with DES, which OpenSSL 3 keeps among the legacy ciphers.
        '--openssl-legacy-provider',
        npmFile('s3rver', 'bin/s3rver.js')!,
        '--silent',
        '--directory',
        folder,
        '--address',
        '127.0.0.1',
        '--port',
        String(port),
      ],
    }),
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    // In the SDK's default mode s3rver stores the framing of the checksum trailer inside the object.
    clientOptions: {
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    },
  },
  {
    id: 'moto',
    from: 'cache',
    files: motoFiles,
    command: motoCommand,
    clientOptions: { forcePathStyle: true },
  },
  {
    id: 'versitygw',
    from: 'cache',
    checks: ['signature', 'checksum'],
    files: () => [cachedFile('versitygw', 'versitygw')],
    command: (port, folder) => ({
      command: cachedFile('versitygw', 'versitygw'),
      args: [
        '--port',
        `127.0.0.1:${port}`,
        'posix',
        '--versioning-dir',
        join(folder, 'versions'),
        join(folder, 'objects'),
      ],
      env: { ROOT_ACCESS_KEY: 'test', ROOT_SECRET_KEY: 'test' },
      folders: ['objects', 'versions'],
    }),
    clientOptions: { forcePathStyle: true },
  },
]

/** Every S3 server that this package knows how to start, the default first. */
export function s3ServerKinds(): readonly ServerKind<S3ClientOptions>[] {
  return ROWS.map((row) => processServer('s3', row))
}
