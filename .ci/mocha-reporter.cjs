// Mocha's spec reporter, which also appends its counts to the file named by SEALRING_TEST_COUNTS, so that
// .ci/run can add up the packages.
const { appendFileSync } = require('node:fs')
const Spec = require('mocha').reporters.Spec

module.exports = class CountingReporter extends Spec {
  constructor(runner, options) {
    super(runner, options)
    const file = process.env.SEALRING_TEST_COUNTS
    if (!file) return
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats
      appendFileSync(file, `${JSON.stringify({ cwd: process.cwd(), passes, failures, pending })}\n`)
    })
  }
}
