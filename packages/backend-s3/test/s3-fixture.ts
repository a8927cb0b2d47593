import { randomUUID } from 'node:crypto'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { s3Backend } from '@sealring/backend-s3'
import type { S3BackendOptions } from '@sealring/backend-s3'
import type { BackendFixture } from '@sealring/core/conformance'
import { s3Layout } from '#src/layout.js'

/** Locations in one bucket, each with a prefix of its own. */
export function s3Fixture(options: Omit<S3BackendOptions, 'id' | 'prefix'>): BackendFixture {
  const { client, bucket } = options
  const open = (prefix: string) => s3Backend({ ...options, id: 's3', prefix })
  return {
    capabilities: open('any').capabilities,
    open: async () => {
      const prefix = `${randomUUID()}/`
      return {
        backend: open(prefix),
        reopen: async () => open(prefix),
        damage: async (slot) => {
          const at = { Bucket: bucket, Key: s3Layout(prefix).entryKey(slot) }
          const { Body, Metadata } = await client.send(new GetObjectCommand(at))
          const bytes = await Body!.transformToByteArray()
          bytes[bytes.length >> 1]! ^= 1
          // As an operator's tool would write it back: the service makes its own checksum, the metadata stay.
          await client.send(
            new PutObjectCommand({ ...at, Body: bytes, Metadata, ChecksumAlgorithm: 'SHA256' }),
          )
        },
        dispose: async () => {},
      }
    },
  }
}
