// Mocha's spec reporter, which also appends its counts and what failed to the file named by SEALRING_TEST_COUNTS,
// so that .ci/run can add up the packages and end with the faults.
const { appendFileSync } = require('node:fs')
const Spec = require('mocha').reporters.Spec

module.exports = class CountingReporter extends Spec {
  constructor(runner, options) {
    super(runner, options)
    const file = process.env.SEALRING_TEST_COUNTS
    if (!file) return
    const failed = []
    runner.on('fail', (test, error) =>
      failed.push(`${test.fullTitle()}: ${error?.stack ?? error}`.slice(0, 2000)),
    )
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats
      const line = { cwd: process.cwd(), node: process.version, passes, failures, pending, failed }
      appendFileSync(file, `${JSON.stringify(line)}\n`)
    })
  }
}
