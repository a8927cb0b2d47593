import { collect, fileBackend, sealedBlob } from '@sealring/core'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inFolder } from './file-fixture.js'

const script = fileURLToPath(new URL('./file-child.js', import.meta.url))
const name = 'shared/name'

interface Line {
  revision: number
  outcome: string
  digest: string
}

function startChild(directory: string, size: number, first: number, last: number) {
  const args = [directory, ...[size, first, last].map(String)]
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const closed = once(child, 'close')
  return {
    /** Its first revision is written and acknowledged. */
    begun: new Promise<void>((resolve, reject) => {
      child.stdout.on('data', () => {
        if (output.includes(' created ')) resolve()
      })
      closed.then(() => reject(new Error(`It ended by itself, having said: ${output}`)), reject)
    }),
    kill: () => child.kill('SIGKILL'),
    /** The lines that were written completely, after its end. */
    lines: async (): Promise<Line[]> => {
      await closed
      const whole = output.split('\n').slice(0, -1)
      return whole.map((line) => {
        const [revision, outcome = '', digest = ''] = line.split(' ')
        return { revision: Number(revision), outcome, digest }
      })
    },
  }
}

describe('fileBackend between processes', function () {
  this.timeout(180_000)

  it('lets one of two racing processes win each revision', () =>
    inFolder(async (directory) => {
      const children = [startChild(directory, 2000, 1, 150), startChild(directory, 2000, 1, 150)]
      const [a = [], b = []] = await Promise.all(children.map((child) => child.lines()))
      expect(a).to.have.length(150)
      expect(b).to.have.length(150)
      const backend = fileBackend({ id: 'file', directory })
      for (const [i, one] of a.entries()) {
        const results = [one, b[i]!]
        const winners = results.filter(({ outcome }) => outcome === 'created')
        expect(winners, `revision ${one.revision}`).to.have.length(1)
        const stat = await backend.stat({ name, revision: one.revision })
        expect(stat?.digest).to.equal(winners[0]!.digest)
      }
    }))

  it('keeps what was acknowledged, and no half blob, when writers are killed', () =>
    inFolder(async (directory) => {
      const size = 400_000
      const acknowledged = new Map<number, string>()
      const until = Date.now() + 6000
      let kills = 0
      // Each of them acknowledges something, so a machine too busy for many kills has as many fewer revisions.
      for (; kills < 10 || (kills < 40 && Date.now() < until); kills++) {
        // Begins with what the killed one before may have left, later than the start of node.
        const { begun, kill, lines } = startChild(directory, size, Math.max(1, acknowledged.size), 10_000)
        await begun
        await delay(Math.random() * 60)
        kill()
        for (const { revision, outcome, digest } of await lines())
          if (outcome === 'created') acknowledged.set(revision, digest)
      }
      expect(acknowledged.size).to.be.at.least(kills)

      const backend = fileBackend({ id: 'file', directory })
      const { items } = await backend.revisions(name, { limit: 10_000 })
      expect(items.map(({ revision }) => revision)).to.deep.equal(items.map((_, i) => i + 1))
      for (const { revision, size: found } of items) {
        expect(found).to.equal(size)
        const stored = await backend.read({ name, revision })
        const bytes = Buffer.from(await collect(stored!.body))
        expect(bytes.readUIntBE(0, 6)).to.equal(revision)
        const digest = acknowledged.get(revision)
        if (digest !== undefined) expect(sealedBlob(bytes).digest).to.equal(digest)
      }
      for (const revision of acknowledged.keys()) expect(revision).to.be.at.most(items.length)
      expect((await backend.names()).items).to.deep.equal([name])
      // What the killed left lies apart from what is listed.
      const folder = await readdir(join(directory, 'shared', 'name', '@'))
      expect(folder.filter((file) => !/^\d{12}$/.test(file))).to.deep.equal([])
      await backend.create({ name, revision: items.length + 1 }, sealedBlob(Buffer.from('next')))
      expect((await backend.latest(name))?.revision).to.equal(items.length + 1)
    }))
})
