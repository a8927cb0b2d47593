import { backendConformance } from '@sealring/core/conformance'
import { it } from 'mocha'
import { onEachServer } from './on-each-server.js'
import { s3Fixture } from './s3-fixture.js'

/** How often a case that a server is known to fail is run: some faults are races, and show themselves by chance. */
const chances = 25

const maxBlobBytes = 4 * 1024 * 1024

onEachServer('backend-conformance', (current, faults) => {
  faults.assertCasesExist(backendConformance.map(({ name }) => name))
  for (const { name, skip, run } of backendConformance) {
    const title = faults.title(name)
    it(title, async function () {
      const { client, bucket, conditions } = current()
      const fixture = s3Fixture({ client, bucket, maxBlobBytes, ...conditions })
      if (skip?.(fixture) !== undefined) this.skip()
      const runs = title === name ? 1 : chances
      await faults.expect(name, async () => {
        for (let i = 0; i < runs; i++) await run(fixture)
      })
    })
  }
})
