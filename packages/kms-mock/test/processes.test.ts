import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { temporaryFolder } from './support/temporary-folder.js'

const childScript = fileURLToPath(new URL('support/state-child.js', import.meta.url))

interface Child {
  /** Its first creation was acknowledged. */
  begun: Promise<unknown>
  kill(): void
  /** The ids whose creation was acknowledged, and how the process ended. */
  ended: Promise<{ ids: string[]; exit: string }>
}

const start = (stateFile: string, count: number): Child => {
  const child = spawn(process.execPath, [childScript, stateFile, `${count}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = Promise.all([text(child.stdout), once(child, 'exit')]).then(([output, [code, signal]]) => ({
    // A line without its end was cut by the kill: not an acknowledgement.
    ids: output.split('\n').slice(0, -1),
    exit: String(code ?? signal),
  }))
  return { begun: once(child.stdout, 'data'), kill: () => void child.kill('SIGKILL'), ended }
}

const idsIn = async (stateFile: string): Promise<Set<string>> => {
  const kms = createKms({ stateFile })
  const ids = new Set<string>()
  let Marker: unknown
  do {
    const page = await kms.handle('ListKeys', { Limit: 1000, Marker })
    for (const [, id] of JSON.stringify(page['Keys']).matchAll(/"KeyId":"([^"]*)"/g)) ids.add(id!)
    Marker = page['NextMarker']
  } while (Marker !== undefined)
  return ids
}

describe('processes on one state file', function () {
  this.timeout(180_000)
  const path = temporaryFolder()

  it('four at once lose nothing of each other’s', async () => {
    const stateFile = path('at-once.json')
    const children = await Promise.all([15, 15, 15, 15].map((count) => start(stateFile, count).ended))
    expect(children.map(({ exit }) => exit)).to.deep.equal(['0', '0', '0', '0'])
    const acknowledged = children.flatMap(({ ids }) => ids)
    expect(acknowledged).to.have.lengthOf(60)
    expect(await idsIn(stateFile)).to.deep.equal(new Set(acknowledged))
  })

  it('kill -9 in the middle of writing loses nothing acknowledged, and locks nobody out', async () => {
    const stateFile = path('killed.json')
    const acknowledged: string[] = []
    for (let round = 0; round < 12; round += 1) {
      const pair = [start(stateFile, 1e9), start(stateFile, 1e9)]
      // At another moment of the writing in each round.
      await Promise.race(pair.map(({ begun }) => begun))
      await new Promise((resolve) => setTimeout(resolve, 50 + 17 * round))
      for (const child of pair) child.kill()
      for (const { ids, exit } of await Promise.all(pair.map(({ ended }) => ended))) {
        expect(exit).to.equal('SIGKILL')
        acknowledged.push(...ids)
      }
      const present = await idsIn(stateFile)
      expect(acknowledged.filter((id) => !present.has(id))).to.deep.equal([])
    }
    expect(acknowledged.length).to.be.at.least(12)
    const last = await start(stateFile, 1).ended
    expect(last.exit).to.equal('0')
  })
})
