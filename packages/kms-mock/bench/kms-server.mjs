// kms-mock over one of its transports: `node kms-server.mjs fast|node`.
import { createKms } from '@sealring/kms-mock'
import { report } from './report.mjs'

const server = await createKms().listen({ transport: process.argv[2] })
report(server.port)
