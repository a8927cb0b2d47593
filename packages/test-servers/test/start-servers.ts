/** Run by lifecycle.test.ts as a process of its own: starts both default servers and then ends as it is told. */
import { startDynamodb, startS3 } from '@sealring/test-servers'

const ending = process.argv[2]
const servers = await Promise.all([startS3(), startDynamodb()])
if (ending === 'pause') for (const server of servers) server.process!.pause()
process.send!(servers.map(({ endpoint, process: { pid, guardPid } = {} }) => ({ endpoint, pid, guardPid })))
if (ending === 'throw') throw new Error('as asked')
if (ending !== 'return') setInterval(() => undefined, 1000)
process.disconnect()
