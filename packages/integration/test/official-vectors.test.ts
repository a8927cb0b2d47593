import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { reportManifest, totalOf } from '#src/vectors/report-vectors.js'
import { runManifests, type ManifestResult } from '#src/vectors/run-manifest.js'
import { vectorClient } from '#src/vectors/vector-client.js'

const folder = process.env['SEALRING_OFFICIAL_VECTORS']

/** Counted by hand in the manifests: those under raw keys open, those under KMS can't. */
const expected: Readonly<Record<string, Partial<ManifestResult>>> = {
  'awses-decrypt-net-4.0.0-valid.zip': {
    scenarios: 5,
    opened: 5,
    openedWithRequiredContext: 5,
    unsupported: 0,
  },
  'awses-decrypt-net-4.0.1.zip': {
    scenarios: 132,
    opened: 99,
    openedWithRequiredContext: 33,
    unsupported: 33,
  },
}

const suite = folder ? describe : describe.skip
suite(
  `official vectors${folder ? '' : ' (SEALRING_OFFICIAL_VECTORS names no folder with their zips)'}`,
  () => {
    const results = new Map<string, ManifestResult>()
    const zips = folder ? readdirSync(folder).filter((name) => name.endsWith('.zip')) : []

    for (const zip of new Set([...Object.keys(expected), ...zips]))
      it(zip, async function run() {
        this.timeout(600_000)
        for (const result of await runManifests(join(folder!, zip), { client: vectorClient() })) {
          process.stdout.write(reportManifest(result))
          expect(result.failures).to.deep.equal([])
          expect(result).to.include(expected[zip] ?? {})
          expect(result.passed + result.unsupported).to.be.above(0)
          results.set(result.name, result)
        }
      })

    it('of .NET, 104 of 137 messages open, 38 of them with required context; 33 are under KMS', () => {
      const ofNet = Object.keys(expected).map((zip) => results.get(`${zip}/manifest.json`)!)
      const total = totalOf(ofNet)
      expect(total).to.deep.equal({
        scenarios: 137,
        passed: 104,
        opened: 104,
        openedWithRequiredContext: 38,
        refused: 0,
        failed: 0,
        unsupported: 33,
      })
      for (const { unsupportedFor, unsupported } of ofNet)
        expect(unsupportedFor).to.deep.equal(unsupported > 0 ? { 'aws-kms': unsupported } : {})
    })
  },
)
