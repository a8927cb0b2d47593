import { readFileSync, writeFileSync } from 'node:fs'
import { readme, withCoverage } from './readme-coverage.js'

// Writes what the tests cover into the README; coverage.test.ts fails where it differs.
writeFileSync(readme, withCoverage(readFileSync(readme, 'utf8')))
